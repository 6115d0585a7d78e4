// swift-tools-version: 5.9
// The Core target as it is generated, linked with the runtime that was built for this machine, and its tests.
// `tests/native_swift/` puts this file beside `ios/` (generated), `native/` (header and library) and `CoreTests/`.

import PackageDescription

let core = "CapacitorBackgroundRunnerCore"
let native = "CapacitorBackgroundRunnerNative"

let package = Package(
    name: "CoreTests",
    targets: [
        .systemLibrary(name: native, path: "native"),
        .target(
            name: core,
            dependencies: [.target(name: native)],
            path: "ios/Sources/\(core)",
            swiftSettings: [.unsafeFlags(["-warnings-as-errors", "-strict-concurrency=complete"])]
        ),
        .testTarget(
            name: "CoreTests",
            dependencies: [.target(name: core)],
            path: "CoreTests",
            linkerSettings: [.unsafeFlags(["-Lnative", "-lm", "-ldl", "-lpthread"])]
        ),
    ]
)
