import HostState
import LoadPlan
import SystemPackage

/// Whether the running kernel is itself the one that a panic started.
enum CaptureKernel {
    /// The dead kernel's memory, as a file.
    private static let vmcore = "proc/vmcore"
    /// Where arm64 and riscv kernels find the elfcorehdr; x86 and ppc64 read `elfcorehdr=`.
    private static let deviceTreeProperty = "proc/device-tree/chosen/linux,elfcorehdr"

    /// The file that shows it. /proc/vmcore goes when a dump is given up, and no recorded folder
    /// has it; what the loader told the kernel stays.
    static func sign(in root: SystemRoot, commandLine: Fact<KernelCommandLine>) -> FilePath? {
        for name in [vmcore, deviceTreeProperty] where root.exists(name) { return root.file(name) }
        if case .told(let line, let file) = commandLine, line.contains("elfcorehdr") { return file }
        return nil
    }
}
