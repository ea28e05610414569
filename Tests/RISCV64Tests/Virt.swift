import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import RISCV64
import SystemPackage
import TestSupport

/// The guest of Tests/Fixtures/riscv64-6.12-kdump: QEMU's virt machine, 2 GiB at 2 GiB, OpenSBI in the first 384 KiB, a crash region of
/// 256 MiB.
enum Virt {
    static let commandLine = "console=ttyS0 nr_cpus=1 reset_devices"
    /// 0xebc00000-0xfbbfffff of /proc/iomem.
    static let region: Range<UInt64> = 0xebc0_0000..<0xfbc0_0000

    static func image(bytes count: Int = 300_000, imageSize: UInt64 = 0x8_0000, flags: UInt64 = 0) -> [UInt8] {
        var image = SyntheticRISCVImage()
        image.size = count
        image.imageSize = imageSize
        image.flags = flags
        return image.bytes
    }

    static func request(
        _ purpose: LoadPlan.Purpose = .crash, kernel: [UInt8] = Virt.image(), initrd: Int? = 70_001
    ) throws -> LoadRequest {
        LoadRequest(
            purpose: purpose, kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(kernel))),
            initrd: initrd.map { .init(name: "initrd.img", contents: Bytes([UInt8](repeating: 7, count: $0))) },
            commandLine: KernelCommandLine(commandLine), rngSeed: (0..<32).map { UInt8($0) })
    }

    static func plan(
        _ request: LoadRequest, _ options: RISCV64.Options = .init(), on sysroot: FilePath = RecordedMachine.riscv64.sysroot
    ) throws -> LoadPlan {
        try Planner.plan(request, on: HostState.read(SystemRoot(sysroot)), for: RISCV64(options))
    }

    static func changed(_ change: (TemporaryFolder) throws -> Void) throws -> TemporaryFolder {
        let folder = try RecordedMachine.riscv64.copy()
        try change(folder)
        return folder
    }

    static func withTree(_ change: (inout DeviceTree) throws -> Void) throws -> TemporaryFolder {
        try changed { folder in
            let blob = try folder.read("sys/firmware/fdt")
            var tree = try DeviceTree(blob.span)
            try change(&tree)
            try folder.write(tree.flattened(), to: "sys/firmware/fdt")
        }
    }

    static func withMemory(_ change: (String) -> String) throws -> TemporaryFolder {
        try changed { folder in
            try folder.write(change(String(decoding: try folder.read("proc/iomem"), as: UTF8.self)), to: "proc/iomem")
        }
    }
}
