#!/bin/sh
# Type-checks the plugin target in the Debian of the tests. The folder that it runs in holds
#   stubs/     our stand-ins for Apple's modules      capacitor/  Capacitor's own Swift sources
#   native/    the runtime's header and module map    ios/        what is generated
# and modules.sh. It names the modules: check-plugin.sh CORE PLUGIN LAUNCH LOCATION
set -e
core=$1 plugin=$2 launch=$3 location=$4 made=modules
resources=/usr/libexec/swift/lib/swift
objc="-enable-objc-interop -disable-objc-attr-requires-foundation-module"
search="-package-name $plugin -I modules -I stubs/CPhone -I stubs/CUserNotifications -I native -I ios/Sources/$launch/include"
mkdir -p modules

compile() {
    name=$1
    shift
    swift-frontend -frontend -emit-module -module-name "$name" -parse-as-library $search $objc \
        -experimental-skip-all-function-bodies -suppress-warnings -resource-dir "$resources" \
        -target "$(uname -m)-pc-linux-gnu" -o "modules/$name.swiftmodule" "$@"
}

. ./modules.sh

for target in "$plugin" "$location"; do
    swift-frontend -frontend -typecheck -module-name "$target" -parse-as-library $search $objc -swift-version 5 \
        -strict-concurrency=complete -resource-dir "$resources" -target "$(uname -m)-pc-linux-gnu" \
        ios/Sources/"$target"/*.swift
done
