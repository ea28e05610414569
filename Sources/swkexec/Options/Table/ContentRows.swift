import CommandLineOptions
import KernelImage

/// The options that say what is loaded, and what kind of a kernel it is.
extension OptionID {
    static let commandLine = OptionID("append")
    static let reuseCommandLine = OptionID("reuse-cmdline")
    static let initrd = OptionID("initrd")
    static let reuseInitrd = OptionID("reuseinitrd")
    static let hotplug = OptionID("hotplug")
    static let noHotplug = OptionID("no-hotplug")
    static let noFadump = OptionID("no-fadump")
    static let type = OptionID("type")
    static let installed = OptionID("installed")
    static let ifNeeded = OptionID("if-needed")
}

enum ContentRows {
    static let rows = [
        OptionRow(
            .commandLine, or: ["command-line"], taking: "STRING", in: .contents, with: Set<Action>.loads.union([.check]),
            help: "the new kernel's command line"),
        OptionRow(
            .reuseCommandLine, in: .contents, with: .loads,
            help: "start from the running kernel's command line, without what is true of this boot alone or takes memory"),
        OptionRow(
            .initrd, or: ["ramdisk"], taking: "FILE", isList: true, in: .contents, with: Set<Action>.loads.union([.check]),
            help: "the new kernel's initial ramdisk; given several times: the files, one behind the other"),
        OptionRow(
            .reuseInitrd, in: .contents, with: .loads,
            help: "the running kernel's initial ramdisk, which it keeps when booted with retain_initrd"),
        OptionRow(
            .installed, in: .contents, with: [.loadPanic],
            help: "with -p: what of kernel and initrd is not named: those of the running release, where distributions put them"),
        OptionRow(
            .ifNeeded, in: .contents, with: [.loadPanic, .loadPanicWithoutKernel],
            help: "with -p: load nothing where the loaded image is the one that would be loaded now, intact and current"),
        OptionRow(
            .hotplug, in: .contents, with: [.loadPanic, .loadPanicWithoutKernel, .check],
            help: "the image stays right when memory and CPUs come and go: the kernel updates it; an error where it cannot"),
        // The kernel's own loader always has its images updated.
        OptionRow(
            .noHotplug, in: .contents, with: [.loadPanic], by: [.kexecLoad],
            help: "the kernel does not update the image, which it does where it can though nobody asks"),
        // What it asks for is so on every machine without fadump.
        OptionRow(
            .noFadump, in: .contents, with: [.loadPanic, .unloadPanic, .statusPanic],
            help: "with -p: a crash image, though firmware-assisted dump is enabled"),
        OptionRow(
            .type, "t", taking: "TYPE", in: .kinds, with: .loads,
            help: "what the kernel must be: \(ImageType.allCases.map(\.rawValue).joined(separator: ", ")) (default: what it is)"),
        OptionRow(
            .argumentsLinux, in: .kinds, with: .loads, help: "an ELF file takes boot parameters as Linux does (default; on all machines)"),
    ]
}
