import AArch64
import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import SystemPackage
import TestSupport

/// The guest of Tests/Fixtures/aarch64-6.12-kdump: QEMU's virt machine, 2 GiB at 1 GiB, a crash region of
/// 512 MiB.
enum Virt {
    static let sysroot = RecordedMachine.aarch64.sysroot
    static let commandLine = "console=ttyAMA0 labcap=kdump2.sh maxcpus=1 reset_devices"

    static func image(
        bytes count: Int = 300_000, textOffset: UInt64 = 0, imageSize: UInt64 = 0x8_0000, flags: UInt64 = 0xa
    ) -> [UInt8] {
        var image = SyntheticARM64Image()
        image.size = count
        image.textOffset = textOffset
        image.imageSize = imageSize
        image.flags = flags
        return image.bytes
    }

    static func request(
        _ purpose: LoadPlan.Purpose = .crash, kernel: [UInt8] = Virt.image(), initrd: Int? = 70_001,
        commandLine: String = Virt.commandLine
    ) throws -> LoadRequest {
        LoadRequest(
            purpose: purpose, kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(kernel))),
            initrd: initrd.map { .init(name: "initrd.img", contents: Bytes([UInt8](repeating: 7, count: $0))) },
            commandLine: KernelCommandLine(commandLine), rngSeed: (0..<32).map { UInt8($0) })
    }

    static func plan(
        _ request: LoadRequest, _ options: AArch64.Options = .init(), on sysroot: FilePath = Virt.sysroot
    ) throws -> LoadPlan {
        try Planner.plan(request, on: HostState.read(SystemRoot(sysroot)), for: AArch64(options))
    }

    /// With another device tree and, at the end of /proc/iomem, further lines.
    static func withTree(iomem lines: String = "", _ change: (inout DeviceTree) throws -> Void) throws -> TemporaryFolder {
        try changed { folder in
            let blob = try folder.read("sys/firmware/fdt")
            var tree = try DeviceTree(blob.span)
            try change(&tree)
            try folder.write(tree.flattened(), to: "sys/firmware/fdt")
            try folder.write(String(decoding: folder.read("proc/iomem"), as: UTF8.self) + lines, to: "proc/iomem")
        }
    }

    static func changed(_ change: (TemporaryFolder) throws -> Void) throws -> TemporaryFolder {
        let folder = try RecordedMachine.aarch64.copy()
        try change(folder)
        return folder
    }
}
