// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error)]

let package = Package(
    name: "swkexec",
    products: [
        .executable(name: "swkexec", targets: ["swkexec"]),
        .executable(name: "vmcore-dmesg", targets: ["vmcore-dmesg"]),
        // For Tests/Fuzz and Tests/Zstd, packages of their own.
        .library(
            name: "FuzzedModules",
            targets: [
                "AArch64", "BinaryLayout", "ByteStorage", "CLinux", "Decompression", "DeviceTree", "ELF", "FirmwareAssistedDump",
                "HostState", "Inspection", "JSON", "KernelImage", "LoadPlan", "PPC64LE", "PhysicalMemory", "PlanFile", "Purgatory",
                "RISCV64", "RandomLoads", "Readiness", "Reports", "SHA256", "TestSupport", "VmcoreLog", "X86_64",
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
        // C: the shims, what Swift shares with purgatory and swkexec-apply, the maps of the system's libraries.
        c("CLinux"),
        c("CSHA256"),
        c("CSegmentChecksum"),
        .systemLibrary(name: "CPlanFormat"),
        library("CZlib", pkgConfig: "zlib", debian: "libz-dev"),
        library("CLZMA", pkgConfig: "liblzma", debian: "liblzma-dev"),
        library("CZstd", pkgConfig: "libzstd", debian: "libzstd-dev"),

        // Values and formats; none of them knows the machine it runs on.
        module("PhysicalMemory"),
        module("BinaryLayout"),
        module("JSON"),
        module("ELF", uses: "BinaryLayout", "PhysicalMemory"),
        module("DeviceTree", uses: "BinaryLayout", "PhysicalMemory"),

        // Where bytes come from.
        module("ByteStorage", uses: "CLinux", "SystemPackage"),
        module("SHA256", uses: "ByteStorage", "CSHA256", "CSegmentChecksum"),
        module("Decompression", uses: "BinaryLayout", "ByteStorage", "CLZMA", "CZlib", "CZstd"),
        module("KernelImage", uses: "BinaryLayout", "ByteStorage", "Decompression", "ELF", "PhysicalMemory"),
        module(
            "HostState",
            uses: "BinaryLayout", "ByteStorage", "CPlanFormat", "DeviceTree", "ELF", "PhysicalMemory", "SHA256", "SystemPackage"),

        // The options of the command line: one table, made of every machine's.
        module("CommandLineOptions", uses: "SystemPackage"),

        // From those to a plan.
        module("Purgatory", uses: "BinaryLayout", "ELF", "PhysicalMemory", builtBy: "PurgatoryBuilder"),
        module(
            "LoadPlan",
            uses: "ByteStorage", "DeviceTree", "ELF", "HostState", "KernelImage", "PhysicalMemory", "Purgatory", "SHA256", "SystemPackage"),
        module(
            "LinuxLoad",
            uses: "BinaryLayout", "ByteStorage", "CommandLineOptions", "DeviceTree", "ELF", "HostState", "KernelImage", "LoadPlan",
            "PhysicalMemory", "Purgatory", "SystemPackage"),

        // A module a machine, and the one that names them all.
        module(
            "X86_64",
            uses: "BinaryLayout", "ByteStorage", "CommandLineOptions", "ELF", "HostState", "KernelImage", "LinuxLoad", "LoadPlan",
            "PhysicalMemory", "Purgatory", "SystemPackage"),
        module(
            "PPC64LE",
            uses: "BinaryLayout", "ByteStorage", "CommandLineOptions", "DeviceTree", "ELF", "HostState", "KernelImage", "LinuxLoad",
            "LoadPlan", "PhysicalMemory", "Purgatory", "SystemPackage"),
        module(
            "AArch64",
            uses: "BinaryLayout", "ByteStorage", "CommandLineOptions", "DeviceTree", "ELF", "HostState", "KernelImage", "LinuxLoad",
            "LoadPlan", "PhysicalMemory", "Purgatory", "SystemPackage"),
        module(
            "RISCV64",
            uses: "CommandLineOptions", "DeviceTree", "ELF", "HostState", "KernelImage", "LinuxLoad", "LoadPlan", "PhysicalMemory",
            "Purgatory", "SystemPackage"),
        module("Machines", uses: "AArch64", "LinuxLoad", "PPC64LE", "RISCV64", "X86_64"),

        // The dump that PowerPC firmware takes, in place of a crash image.
        module(
            "FirmwareAssistedDump",
            uses: "BinaryLayout", "ByteStorage", "ELF", "HostState", "JSON", "PhysicalMemory", "SystemPackage"),

        // A plan in a file, for another day or another machine.
        module("PlanFile", uses: "BinaryLayout", "ByteStorage", "CPlanFormat", "HostState", "LoadPlan", "PhysicalMemory", "SHA256"),

        // The small program that loads one where swkexec does not run, for every machine.
        module("Applier", uses: "BinaryLayout", "ELF", builtBy: "ApplierBuilder"),

        // The crash image that is loaded, read back.
        module(
            "Inspection",
            uses: "BinaryLayout", "ByteStorage", "DeviceTree", "ELF", "HostState", "LoadPlan", "PhysicalMemory", "Purgatory", "SHA256",
            "SystemPackage"),

        // Whether a panic would end in a dump.
        module(
            "Readiness",
            uses: "ByteStorage", "FirmwareAssistedDump", "HostState", "Inspection", "LoadPlan", "PhysicalMemory", "SystemPackage"),

        // What is printed, for people and for programs.
        module(
            "Reports",
            uses: "BinaryLayout", "ByteStorage", "ELF", "FirmwareAssistedDump", "HostState", "Inspection", "JSON", "LoadPlan",
            "PhysicalMemory", "PlanFile", "Readiness", "SHA256", "SystemPackage"),

        // The only place with effects on the kernel, and the command.
        module(
            "KexecSystem",
            uses: "ByteStorage", "CLinux", "FirmwareAssistedDump", "HostState", "LoadPlan", "PhysicalMemory", "SystemPackage"),
        program(
            "swkexec",
            uses: "Applier", "BinaryLayout", "ByteStorage", "CLinux", "CommandLineOptions", "ELF", "FirmwareAssistedDump", "HostState",
            "Inspection", "KernelImage", "KexecSystem", "LinuxLoad", "LoadPlan", "Machines", "PhysicalMemory", "PlanFile", "Purgatory",
            "Readiness", "Reports", "SHA256", "SystemPackage"),

        // The kernel log out of a captured core, a command of its own.
        module("VmcoreLog", uses: "BinaryLayout", "ELF", "SystemPackage"),
        program("vmcore-dmesg", uses: "ByteStorage", "SystemPackage", "VmcoreLog"),

        // Purgatory: what runs between two kernels, and the tools that build it.
        c("CPurgatoryCommon", uses: "CSHA256", "CSegmentChecksum", at: "Purgatory/Common", without: "check.c"),
        program("purgatory-embed", uses: "ELF"),
        .plugin(name: "PurgatoryBuilder", capability: .buildTool(), dependencies: ["purgatory-embed"]),
        .plugin(name: "ApplierBuilder", capability: .buildTool(), dependencies: ["purgatory-embed"]),

        // What the tests share.
        c("CStructLayouts", at: "Tests/Support/CStructLayouts"),
        module("TestSupport", uses: "BinaryLayout", "CStructLayouts", "SystemPackage", at: "Tests/Support/TestSupport"),
        module(
            "RecordedCalls", uses: "ByteStorage", "KexecSystem", "LoadPlan", "Purgatory", "SystemPackage", "TestSupport",
            at: "Tests/Support/RecordedCalls"),

        // Random loads of random machines, and what finds a wrong one; that uses nothing of the program.
        module("PlanChecker", at: "Tests/Support/PlanChecker"),
        module(
            "RandomLoads",
            uses: "AArch64", "ByteStorage", "DeviceTree", "HostState", "KernelImage", "LoadPlan", "PPC64LE", "PhysicalMemory",
            "PlanChecker", "RISCV64", "SystemPackage", "TestSupport", "X86_64", at: "Tests/Support/RandomLoads"),

        tests("PhysicalMemory"),
        tests("BinaryLayout"),
        tests("JSON"),
        tests("ELF", with: "BinaryLayout", "PhysicalMemory"),
        tests("DeviceTree", with: "PhysicalMemory"),
        tests("ByteStorage", with: "SystemPackage"),
        tests("SHA256", with: "ByteStorage"),
        tests("Decompression", with: "ByteStorage"),
        tests("KernelImage", with: "BinaryLayout", "ByteStorage", "Decompression", "PhysicalMemory"),
        tests("HostState", with: "ByteStorage", "DeviceTree", "ELF", "PhysicalMemory", "SystemPackage"),
        tests("FirmwareAssistedDump", with: "BinaryLayout", "ELF", "HostState", "JSON", "PhysicalMemory", "SystemPackage"),
        tests("LoadPlan", with: "ByteStorage", "ELF", "PhysicalMemory", "Purgatory"),
        tests("LinuxLoad", with: "ByteStorage", "DeviceTree", "ELF", "HostState", "KernelImage", "LoadPlan", "PhysicalMemory", "Purgatory"),
        tests(
            "X86_64",
            with: "ByteStorage", "HostState", "KernelImage", "LoadPlan", "PhysicalMemory", "Purgatory", "RecordedCalls", "SHA256",
            "SystemPackage"),
        tests(
            "PPC64LE",
            with: "ByteStorage", "DeviceTree", "HostState", "KernelImage", "LoadPlan", "PhysicalMemory", "Purgatory", "RecordedCalls",
            "SystemPackage"),
        tests(
            "AArch64",
            with: "ByteStorage", "DeviceTree", "HostState", "KernelImage", "LoadPlan", "PhysicalMemory", "Purgatory", "RecordedCalls",
            "SystemPackage"),
        tests(
            "RISCV64",
            with: "ByteStorage", "DeviceTree", "HostState", "KernelImage", "LoadPlan", "PhysicalMemory", "Purgatory", "RecordedCalls",
            "SystemPackage"),
        tests("RandomLoads", with: "LoadPlan", "PlanChecker"),
        tests(
            "PlanFile",
            with: "Applier", "ByteStorage", "ELF", "HostState", "LoadPlan", "PhysicalMemory", "SHA256", "SystemPackage", "X86_64"),
        tests(
            "Inspection",
            with: "AArch64", "ByteStorage", "CommandLineOptions", "ELF", "HostState", "KernelImage", "LoadPlan", "PPC64LE",
            "PhysicalMemory",
            "Purgatory", "Readiness", "RecordedCalls", "SHA256", "SystemPackage", "X86_64", "swkexec"),
        tests("Readiness", with: "LoadPlan", "Reports", "SystemPackage", "X86_64", "swkexec"),
        tests("Reports", with: "ByteStorage", "HostState", "JSON", "LoadPlan", "PhysicalMemory", "PlanFile", "SHA256"),
        tests("KexecSystem", with: "FirmwareAssistedDump", "HostState", "LoadPlan", "RecordedCalls", "SystemPackage"),
        tests(
            "swkexec", in: "SwkexecTests",
            with: "CommandLineOptions", "Machines", "Purgatory", "RecordedCalls", "SystemPackage", "X86_64", without: "Defects/README.md"),
        tests("VmcoreLog", with: "BinaryLayout", "SystemPackage"),
        tests("CSHA256"),
        tests("CPurgatoryCommon", in: "PurgatoryCommonTests"),
    ]
)

// MARK: - Kinds of targets

/// A Swift module.
/// - Parameters:
///   - plugin: the build tool that writes part of its source
///   - path: its folder, where that is not Sources/NAME
func module(_ name: String, uses: String..., builtBy plugin: String? = nil, at path: String? = nil) -> Target {
    .target(
        name: name, dependencies: uses.map(dependency), path: path, swiftSettings: strict,
        plugins: plugin.map { [.plugin(name: $0)] })
}

func program(_ name: String, uses: String...) -> Target {
    .executableTarget(name: name, dependencies: uses.map(dependency), swiftSettings: strict)
}

/// A module in C.
/// - Parameter file: one that is not compiled for the machine that builds
func c(_ name: String, uses: String..., at path: String? = nil, without file: String? = nil) -> Target {
    .target(
        name: name, dependencies: uses.map(dependency), path: path, exclude: file.map { [$0] } ?? [],
        cSettings: [.treatAllWarnings(as: .error)])
}

/// A library of the system's.
func library(_ name: String, pkgConfig: String, debian package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// The tests of a module, in Tests/NAMETests, and what they use besides it.
/// - Parameter file: one that is no source
func tests(_ subject: String, in folder: String? = nil, with others: String..., without file: String? = nil) -> Target {
    .testTarget(
        name: folder ?? subject + "Tests", dependencies: ([subject, "TestSupport"] + others).map(dependency),
        exclude: file.map { [$0] } ?? [],
        swiftSettings: strict)
}

func dependency(_ name: String) -> Target.Dependency {
    switch name {
    case "SystemPackage": .product(name: name, package: "swift-system")
    case "CZstd": .target(name: name, condition: .when(traits: ["Zstd"]))
    default: .target(name: name)
    }
}
