import DeviceTree
import LinuxLoad
import PhysicalMemory
import TestSupport
import Testing

/// What the last kexec left in a tree: the lists are those of drivers/of/kexec.c and drivers/of/fdt.c.
@Suite struct LastLoadTests {
    private func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
    }

    /// Addresses and sizes of two cells; a kernel that was itself loaded by kexec, with all that one may leave.
    private func tree() throws -> DeviceTree {
        var tree = DeviceTree()
        tree.root.set("#address-cells", u32: 2)
        tree.root.set("#size-cells", u32: 2)
        let cells = try tree.locatedRoot.cells()
        var chosen = DeviceTree.Node("chosen")
        chosen.set("stdout-path", string: "/serial@0")
        chosen.set("bootargs", string: "quiet")
        chosen.set("linux,initrd-start", u64: 0x4800_0000)
        chosen.set("linux,initrd-end", u64: 0x4800_1234)
        for (name, start) in Self.buffers { chosen[name] = try cells.bytes([range(start, 0x2_0000)]) }
        chosen["linux,elfcorehdr"] = try cells.bytes([range(0x5000_0000, 0x1_0000)])
        chosen["linux,usable-memory-range"] = try cells.bytes([range(0x5000_0000, 0x1000_0000)])
        chosen["linux,uefi-system-table"] = [UInt8](repeating: 1, count: 8)
        chosen["kaslr-seed"] = [UInt8](repeating: 1, count: 8)
        chosen["rng-seed"] = [1, 2, 3]
        var memory = DeviceTree.Node("memory@40000000")
        memory.set("device_type", string: "memory")
        memory["reg"] = try cells.bytes([range(0x4000_0000, 0x4000_0000)])
        memory["linux,usable-memory"] = try cells.bytes([range(0x5000_0000, 0x1000_0000)])
        var dynamic = DeviceTree.Node("ibm,dynamic-reconfiguration-memory")
        dynamic["linux,drconf-usable-memory"] = [0]
        dynamic.set("ibm,lmb-size", u32: 1)
        tree.root.children = [chosen, memory, dynamic]
        return tree
    }

    private static let buffers: [(String, UInt64)] = [
        ("linux,ima-kexec-buffer", 0x6100_0000), ("linux,tpm-kexec-buffer", 0x6200_0000), ("linux,kho-fdt", 0x6300_0000),
        ("linux,kho-scratch", 0x6400_0000),
    ]

    @Test func properties() throws {
        let root = try tree().withoutLastLoad().root
        #expect(root.child("chosen")?.properties.map(\.name) == ["stdout-path", "linux,uefi-system-table"])
        #expect(root.child("memory@40000000")?.properties.map(\.name) == ["device_type", "reg"])
        #expect(root.child("ibm,dynamic-reconfiguration-memory")?.properties.map(\.name) == ["ibm,lmb-size"])
    }

    /// Kernels take /chosen@0 where there is no /chosen.
    @Test func chosenWithAnAddress() throws {
        var tree = try tree()
        tree.root.children[0].name = "chosen@0"
        tree.reservations = [try range(0x6100_0000, 0x2_0000)]
        let left = tree.withoutLastLoad()
        #expect(left.root.child("chosen@0")?.properties.map(\.name) == ["stdout-path", "linux,uefi-system-table"])
        #expect(left.reservations.isEmpty)
    }

    /// Exactly the initrd, or the pages that it lies in; each buffer's; those of the elfcorehdr and of the old blob.
    @Test(
        arguments: [
            (0x4800_0000, 0x1234), (0x4800_0000, 0x2000), (0x4800_0000, 0x4000), (0x4800_0000, 0x1_0000), (0x6100_0000, 0x2_0000),
            (0x6200_0000, 0x2_0000), (0x6300_0000, 0x2_0000), (0x6400_0000, 0x2_0000), (0x5000_0000, 0x1_0000), (0x7000_0000, 8367),
        ] as [(UInt64, UInt64)]) func reservationsOfTheLastLoad(_ start: UInt64, _ size: UInt64) throws
    {
        var tree = try tree()
        tree.reservations = [try range(0x4000_0000, 0x1000), try range(start, size)]
        #expect(try tree.withoutLastLoad(blobSize: 8367).reservations == [range(0x4000_0000, 0x1000)])
    }

    /// Firmware's: beside the initrd, around it, as large as the blob with nobody's blob, as large as it with CPUs that wait in it.
    @Test func reservationsOfFirmware() throws {
        var tree = try tree()
        let firmware = try [
            range(0x4800_2000, 0x1000), range(0x4700_0000, 0x200_0000), range(0x4800_0000, 0x2_0000), range(0x7000_0000, 0x2000),
            range(0x8000_0000, 0x1_0000),
        ]
        tree.reservations = firmware
        var cpu = DeviceTree.Node("cpu@1")
        cpu.set("enable-method", string: "spin-table")
        cpu.set("cpu-release-addr", u64: 0x8000_fff8)
        tree.root.children.append(DeviceTree.Node("cpus", children: [cpu]))
        #expect(tree.withoutLastLoad(blobSize: 0x1_0000).reservations == firmware)
    }

    /// Values of no such form reserve nothing, and go.
    @Test(arguments: [[], [1, 2, 3], [UInt8](repeating: 0xff, count: 16), [UInt8](repeating: 0, count: 16)]) func garbledValues(
        _ value: [UInt8]
    ) throws {
        var tree = try tree()
        tree.reservations = [try range(0, 0x1000)]
        for name in ["linux,initrd-start", "linux,ima-kexec-buffer", "linux,kho-fdt"] { tree.root.children[0][name] = value }
        let left = tree.withoutLastLoad(blobSize: 0)
        #expect(try left.reservations == [range(0, 0x1000)])
        #expect(left.root.child("chosen")?.properties.count == 2)
    }
}
