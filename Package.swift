// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "swkexec",
    products: [
        .executable(name: "swkexec", targets: ["swkexec"]),
        .executable(name: "vmcore-dmesg", targets: ["vmcore-dmesg"]),
        // For Tests/Fuzz and Tests/Zstd, packages of their own.
        .library(
            name: "FuzzedModules",
            targets: [
                "BinaryLayout", "ByteStorage", "CLinux", "Decompression", "DeviceTree", "ELF", "FirmwareAssistedDump", "HostState",
                "KernelImage", "LoadPlan", "PhysicalMemory", "PlanFile", "Readiness", "SHA256", "TestSupport", "VmcoreLog",
            ]),
        .library(name: "UnpackingModules", targets: ["ByteStorage", "Decompression", "TestSupport"]),
    ],
    traits: [
        .trait(name: "Zstd", description: "Kernels packed by zstd, with libzstd")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
    ],
    targets: [
        // C: the shims, the shared SHA-256, the maps of the system's libraries.
        .target(name: "CLinux", cSettings: c),
        .target(name: "CSHA256", cSettings: c),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["libz-dev"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // Values and formats; none of them knows the machine it runs on.
        .target(name: "PhysicalMemory", swiftSettings: swift),
        .target(name: "BinaryLayout", swiftSettings: swift),
        .target(name: "ELF", dependencies: ["BinaryLayout", "PhysicalMemory"], swiftSettings: swift),
        .target(name: "DeviceTree", dependencies: ["BinaryLayout", "PhysicalMemory"], swiftSettings: swift),

        // Where bytes come from.
        .target(name: "ByteStorage", dependencies: ["CLinux", systemPackage], swiftSettings: swift),
        .target(name: "SHA256", dependencies: ["ByteStorage", "CSHA256"], swiftSettings: swift),
        .target(
            name: "Decompression",
            dependencies: ["BinaryLayout", "ByteStorage", "CLZMA", "CZlib", .target(name: "CZstd", condition: .when(traits: ["Zstd"]))],
            swiftSettings: swift),
        .target(
            name: "KernelImage",
            dependencies: ["BinaryLayout", "ByteStorage", "Decompression", "ELF", "PhysicalMemory"],
            swiftSettings: swift),
        .target(
            name: "HostState",
            dependencies: ["BinaryLayout", "ByteStorage", "DeviceTree", "ELF", "PhysicalMemory", "SHA256", systemPackage],
            swiftSettings: swift),

        // From those to a plan.
        .target(name: "CrashDump", dependencies: ["ELF", "PhysicalMemory"], swiftSettings: swift),
        .target(
            name: "Purgatory",
            dependencies: ["BinaryLayout", "ELF", "PhysicalMemory"],
            swiftSettings: swift,
            plugins: ["PurgatoryBuilder"]),
        .target(
            name: "LoadPlan",
            dependencies: [
                "BinaryLayout", "ByteStorage", "CrashDump", "DeviceTree", "ELF", "HostState", "KernelImage",
                "PhysicalMemory", "Purgatory", "SHA256", systemPackage,
            ],
            swiftSettings: swift),

        // The dump that PowerPC firmware takes, in place of a crash image.
        .target(
            name: "FirmwareAssistedDump",
            dependencies: ["BinaryLayout", "ELF", "HostState", "PhysicalMemory", systemPackage],
            swiftSettings: swift),

        // A plan in a file, for another day or another machine.
        .target(
            name: "PlanFile",
            dependencies: ["BinaryLayout", "ByteStorage", "HostState", "LoadPlan", "PhysicalMemory", "SHA256"],
            swiftSettings: swift),

        // The small program that loads one where swkexec does not run, for every machine.
        .target(name: "Applier", swiftSettings: swift, plugins: ["ApplierBuilder"]),

        // Whether a panic would end in a dump.
        .target(
            name: "Readiness",
            dependencies: ["ByteStorage", "FirmwareAssistedDump", "HostState", "LoadPlan", "PhysicalMemory", systemPackage],
            swiftSettings: swift),

        // The only place with effects on the kernel, and the command.
        .target(
            name: "KexecSystem",
            dependencies: ["ByteStorage", "CLinux", "FirmwareAssistedDump", "HostState", "LoadPlan", "PhysicalMemory", systemPackage],
            swiftSettings: swift),
        .executableTarget(
            name: "swkexec",
            dependencies: [
                "Applier", "BinaryLayout", "ByteStorage", "CLinux", "Decompression", "DeviceTree", "ELF", "FirmwareAssistedDump",
                "HostState", "KernelImage", "KexecSystem", "LoadPlan", "PhysicalMemory", "PlanFile", "Purgatory", "Readiness",
                "SHA256", systemPackage,
            ],
            swiftSettings: swift),

        // The kernel log out of a captured core, a command of its own.
        .target(name: "VmcoreLog", dependencies: ["BinaryLayout", "ELF", systemPackage], swiftSettings: swift),
        .executableTarget(name: "vmcore-dmesg", dependencies: ["VmcoreLog", systemPackage], swiftSettings: swift),

        // Purgatory: what runs between two kernels, and the tools that build it.
        .target(name: "CPurgatoryCommon", dependencies: ["CSHA256"], path: "Purgatory/Common", exclude: ["check.c"], cSettings: c),
        .executableTarget(name: "purgatory-embed", path: "Sources/purgatory-embed", swiftSettings: swift),
        .plugin(name: "PurgatoryBuilder", capability: .buildTool(), dependencies: ["purgatory-embed"]),
        .plugin(name: "ApplierBuilder", capability: .buildTool(), dependencies: ["purgatory-embed"]),

        .target(name: "CStructLayouts", path: "Tests/Support/CStructLayouts", cSettings: c),
        .target(name: "TestSupport", dependencies: ["CStructLayouts", systemPackage], path: "Tests/Support/TestSupport", swiftSettings: swift),
        .testTarget(name: "PhysicalMemoryTests", dependencies: ["PhysicalMemory", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "BinaryLayoutTests", dependencies: ["BinaryLayout", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "ELFTests", dependencies: ["BinaryLayout", "ELF", "PhysicalMemory", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "DeviceTreeTests", dependencies: ["DeviceTree", "PhysicalMemory", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "ByteStorageTests", dependencies: ["ByteStorage", "TestSupport", systemPackage], swiftSettings: swift),
        .testTarget(name: "SHA256Tests", dependencies: ["ByteStorage", "SHA256", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "DecompressionTests", dependencies: ["ByteStorage", "Decompression", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "KernelImageTests", dependencies: ["BinaryLayout", "ByteStorage", "Decompression", "KernelImage", "PhysicalMemory", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "HostStateTests", dependencies: ["ByteStorage", "DeviceTree", "ELF", "HostState", "PhysicalMemory", "TestSupport", systemPackage], swiftSettings: swift),
        .testTarget(name: "CrashDumpTests", dependencies: ["CrashDump", "ELF", "HostState", "PhysicalMemory", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "FirmwareAssistedDumpTests", dependencies: ["BinaryLayout", "ELF", "FirmwareAssistedDump", "HostState", "PhysicalMemory", "TestSupport", systemPackage], swiftSettings: swift),
        .testTarget(name: "LoadPlanTests", dependencies: ["ByteStorage", "CrashDump", "ELF", "HostState", "KernelImage", "LoadPlan", "PhysicalMemory", "Purgatory", "SHA256", "TestSupport", systemPackage], swiftSettings: swift),
        .target(name: "RecordedCalls", dependencies: ["KexecSystem", "LoadPlan", systemPackage], path: "Tests/Support/RecordedCalls", swiftSettings: swift),
        .testTarget(name: "SwkexecTests", dependencies: ["RecordedCalls", "TestSupport", "swkexec", systemPackage], swiftSettings: swift),
        .testTarget(name: "ReadinessTests", dependencies: ["Readiness", "TestSupport", "swkexec", systemPackage], swiftSettings: swift),
        .testTarget(name: "PlanFileTests", dependencies: ["Applier", "ByteStorage", "HostState", "LoadPlan", "PhysicalMemory", "PlanFile", "SHA256", "TestSupport", systemPackage], swiftSettings: swift),
        .testTarget(name: "VmcoreLogTests", dependencies: ["BinaryLayout", "TestSupport", "VmcoreLog", systemPackage], swiftSettings: swift),
        .testTarget(name: "KexecSystemTests", dependencies: ["FirmwareAssistedDump", "HostState", "KexecSystem", "LoadPlan", "RecordedCalls", "TestSupport", systemPackage], swiftSettings: swift),
        .testTarget(name: "CSHA256Tests", dependencies: ["CSHA256"], swiftSettings: swift),
        .testTarget(name: "PurgatoryCommonTests", dependencies: ["CPurgatoryCommon"], swiftSettings: swift),
    ]
)
