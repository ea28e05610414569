// swift-tools-version: 6.2
import PackageDescription

// The tests of Decompression as it is with the package trait Zstd. A package of its own, because that takes seconds: with the
// trait the main package would be built a second time as a whole.
let package = Package(
    name: "zstd-tests",
    dependencies: [.package(name: "swkexec", path: "../..", traits: ["Zstd"])],
    targets: [
        .testTarget(
            name: "DecompressionTests",
            dependencies: [.product(name: "UnpackingModules", package: "swkexec")],
            swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error), .define("Zstd")])
    ]
)
