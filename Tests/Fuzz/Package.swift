// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that an ordinary `swift build` neither sees nor builds it. Scripts/fuzz builds it, with
// the flags of the sanitizers for every module.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "swkexec", path: "../..", traits: ["Zstd"]),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CLibFuzzer", .product(name: "FuzzedModules", package: "swkexec"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swift),
    ]
)
