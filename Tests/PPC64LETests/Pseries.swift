import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PPC64LE
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

/// The pseries guest of Tests/Fixtures/ppc64le-7.2-kdump: 2 GiB, a crash region of 256 MiB at 512 MiB
/// with RTAS in its last page.
enum Pseries {
    static let sysroot = RecordedMachine.ppc64le.sysroot
    static let region = PhysicalRange(start: PhysicalAddress(0x2000_0000), end: PhysicalAddress(0x3000_0000))
    static let rtas = PhysicalRange(start: PhysicalAddress(0x2fff_f000), size: ByteCount(0x83c as UInt64))
    /// What the peer was given.
    static let commandLine = "console=hvc0 labcap=kdump2.sh maxcpus=1 reset_devices"

    static func request(
        _ purpose: LoadPlan.Purpose = .crash, kernel: SyntheticELFKernel = .ppc64(), hotplug: Bool = false,
        initrd: Int? = 70_001, commandLine: String = Pseries.commandLine
    ) throws -> LoadRequest {
        var request = LoadRequest(
            purpose: purpose, kernel: .init(name: "vmlinux", contents: try KernelFile(Bytes(kernel.bytes))),
            initrd: initrd.map { .init(name: "initrd.img", contents: Bytes([UInt8](repeating: 7, count: $0))) },
            commandLine: KernelCommandLine(commandLine), rngSeed: [UInt8](repeating: 0x5a, count: 32))
        request.hotplug = hotplug
        return request
    }

    static func plan(
        _ request: LoadRequest, _ options: PPC64LE.Options = .init(), on sysroot: FilePath = Pseries.sysroot
    ) throws -> LoadPlan {
        try Planner.plan(request, on: HostState.read(SystemRoot(sysroot)), for: PPC64LE(options))
    }

    /// The machine with some of its files changed.
    static func changed(_ change: (TemporaryFolder) throws -> Void) throws -> TemporaryFolder {
        let folder = try RecordedMachine.ppc64le.copy()
        try change(folder)
        return folder
    }
}

/// Numbers of a device tree's property, big-endian.
func cells(_ values: UInt32...) -> [UInt8] { values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } } }
