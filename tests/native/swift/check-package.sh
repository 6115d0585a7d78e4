#!/bin/sh
# Has SwiftPM read the plugin's package and resolve an app that depends on it, without the network:
# a repository of our own stands for capacitor-swift-pm. The folder that it runs in holds the plugin's
# package and, where Capacitor's command line has written it, the app's.
# usage: check-package.sh PLUGIN [PLUGIN_FOLDER APP_FOLDER]
set -e
plugin=$1
folder=${2:-plugin}
app=${3:-app}
here=$(pwd)
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

xcframework=$folder/$(sed -n 's/.*path: "\(.*\.xcframework\)".*/\1/p' "$folder/Package.swift")
if [ ! -f "$xcframework/Info.plist" ]; then
    mkdir -p "$xcframework/ios-arm64/Headers"
    : > "$xcframework/ios-arm64/lib.a"
    cat > "$xcframework/Info.plist" <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>AvailableLibraries</key><array><dict>
<key>LibraryIdentifier</key><string>ios-arm64</string><key>LibraryPath</key><string>lib.a</string>
<key>HeadersPath</key><string>Headers</string><key>SupportedPlatform</key><string>ios</string>
<key>SupportedArchitectures</key><array><string>arm64</string></array>
</dict></array>
<key>CFBundlePackageType</key><string>XFWK</string><key>XCFrameworkFormatVersion</key><string>1.0</string>
</dict></plist>
PLIST
fi

if [ ! -d capacitor-swift-pm/.git ]; then
    rm -rf capacitor-swift-pm
    for target in Capacitor Cordova; do
        mkdir -p "capacitor-swift-pm/Sources/$target"
        echo "public let stands = \"$target\"" > "capacitor-swift-pm/Sources/$target/$target.swift"
    done
    cat > capacitor-swift-pm/Package.swift <<'SWIFT'
// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "capacitor-swift-pm",
    products: [
        .library(name: "Capacitor", targets: ["Capacitor"]), .library(name: "Cordova", targets: ["Cordova"]),
    ],
    targets: [.target(name: "Capacitor"), .target(name: "Cordova")]
)
SWIFT
    git -C capacitor-swift-pm init -q
    git -C capacitor-swift-pm add -A
    git -C capacitor-swift-pm -c user.name=test -c user.email=test@example.com commit -qm "Stand for Capacitor"
    git -C capacitor-swift-pm tag 8.5.2
fi

# The app's package as Capacitor's command line writes it.
if [ $# -lt 3 ]; then
mkdir -p app/Sources/CapApp-SPM
echo 'public let isCapacitorApp = true' > app/Sources/CapApp-SPM/CapApp-SPM.swift
cat > app/Package.swift <<SWIFT
// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "CapApp-SPM",
    platforms: [.iOS(.v15)],
    products: [.library(name: "CapApp-SPM", targets: ["CapApp-SPM"])],
    dependencies: [
        .package(url: "https://github.com/ionic-team/capacitor-swift-pm.git", exact: "8.5.2"),
        .package(name: "$plugin", path: "../plugin"),
    ],
    targets: [
        .target(
            name: "CapApp-SPM",
            dependencies: [
                .product(name: "Capacitor", package: "capacitor-swift-pm"),
                .product(name: "Cordova", package: "capacitor-swift-pm"),
                .product(name: "$plugin", package: "$plugin"),
            ]
        )
    ]
)
SWIFT
fi

mirror() {
    (cd "$1" && swift package config set-mirror --mirror "file://$here/capacitor-swift-pm" \
        --original https://github.com/ionic-team/capacitor-swift-pm.git)
}

mirror "$folder"
mirror "$app"
(cd "$folder" && swift package dump-package > /dev/null && swift package describe --type json)
# SwiftPM remembers a repository's fingerprint for ever: ours is made anew, so it remembers here.
own="--cache-path $here/cache --security-path $here/security"
(cd "$app" && swift package $own resolve && swift package $own show-dependencies)
