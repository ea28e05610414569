import DeviceTree
import HostState
import LoadPlan
import TestSupport

extension FuzzTarget {
    /// A whole load of a machine that is described by a device tree: the tree as files or as a blob.
    static let planPPC64 = FuzzTarget(name: "plan-ppc64le") {
        try seeds(
            .ppc64le, kernels: [SyntheticELFKernel.ppc64(bytes: 512, memorySize: 0x4000).bytes],
            trees: [nil, blob(of: .ppc64le)],
            options: [[], .hotplug, [.hotplug, .unchecked], .reboot])
    } read: {
        read($0, for: LoadFiles.ppc64le)
    }

    static let planARM64 = FuzzTarget(name: "plan-arm64") {
        try seeds(
            .aarch64, kernels: [arm64Image(), SyntheticPE.unified(linux: arm64Image(), initrd: Array("initrd".utf8)).bytes],
            trees: [nil, TreeFixture.aarch64Peer.bytes()], options: [[], .unchecked, .reboot])
    } read: {
        read($0, for: LoadFiles.aarch64)
    }

    static let planRISCV64 = FuzzTarget(name: "plan-riscv64") {
        try seeds(
            .riscv64, kernels: [riscvImage(), SyntheticPE.unified(linux: riscvImage(), initrd: Array("initrd".utf8)).bytes],
            trees: [nil, TreeFixture.riscv64Peer.bytes()], options: [[], .unchecked, .reboot])
    } read: {
        read($0, for: LoadFiles.riscv64)
    }

    private static func seeds(
        _ machine: MachineBase, kernels: [[UInt8]], trees: [[UInt8]?], options: [LoadFiles.Options]
    ) throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        for kernel in kernels {
            for tree in trees {
                for option in options {
                    var files = ["kernel": kernel, "initrd": Array("initrd".utf8), "append": Array("console=hvc0 earlycon".utf8)]
                    files["options"] = [option.rawValue]
                    files["dtb"] = tree
                    seeds.append(MachineFiles(machine, with: files).bytes)
                    if tree == nil, option == options[0] { seeds += showing(machine, with: files) }
                }
            }
        }
        return seeds
    }

    private static func read(_ bytes: [UInt8], for machine: (MachineFiles) throws -> any TargetArchitecture) {
        let files = MachineFiles(bytes)
        attempt {
            let host = try HostState.read(files.root)
            let plan = try Planner.plan(LoadFiles.request(files, on: host), on: host, for: machine(files))
            check(plan)
        }
    }

    /// The tree that the files of a machine are, as a blob.
    private static func blob(of machine: MachineBase) throws -> [UInt8]? {
        try DeviceTree.read(MachineFiles(machine).root)?.flattened()
    }

    private static func riscvImage() -> [UInt8] {
        var image = SyntheticRISCVImage()
        image.size = 256
        image.imageSize = 0x10000
        return image.bytes
    }

    private static func arm64Image() -> [UInt8] {
        var image = SyntheticARM64Image()
        image.size = 256
        image.imageSize = 0x10000
        return image.bytes
    }
}
