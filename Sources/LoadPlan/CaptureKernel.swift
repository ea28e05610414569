import HostState
import SystemPackage

/// Whether the running kernel is itself the one that a panic started.
public enum CaptureKernel {
    /// The dead kernel's memory, as a file.
    private static let vmcore = "proc/vmcore"
    /// Where arm64 and riscv kernels find the elfcorehdr; x86 and ppc64 read `elfcorehdr=`.
    private static let deviceTreeProperty = "proc/device-tree/chosen/linux,elfcorehdr"

    /// The file that shows it; nil for an ordinary kernel. /proc/vmcore goes when a dump is given up,
    /// and no recorded folder has it; what the loader wrote for the kernel stays.
    public static func file(in root: SystemRoot, commandLine: Reading<KernelCommandLine>) -> FilePath? {
        for name in [vmcore, deviceTreeProperty] where root.exists(name) { return root.file(name) }
        if case .found(let line, let file) = commandLine, line.contains("elfcorehdr") { return file }
        return nil
    }
}
