import AArch64
import ByteStorage
import HostState
import Inspection
import KernelImage
import LoadPlan
import PPC64LE
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

/// Machines with a device tree: the one in memory, against the machine's own.
struct TreeTests {
    private func pseries() throws -> LoadedMachine {
        var request = LoadRequest(
            purpose: .crash, kernel: .init(name: "vmlinux", contents: try KernelFile(Bytes(SyntheticELFKernel.ppc64().bytes))),
            initrd: .init(name: "initrd", contents: Bytes([UInt8](repeating: 7, count: 70_001))),
            commandLine: KernelCommandLine("console=hvc0 maxcpus=1"), rngSeed: [UInt8](repeating: 0x5a, count: 32))
        request.hotplug = true
        let machine = try RecordedMachine.ppc64le.copy()
        // 16 MiB of its region, so that reading all of it takes no time.
        try machine.write([0, 0, 0, 0, 1, 0, 0, 0], to: "proc/device-tree/chosen/linux,crashkernel-size")
        return try LoadedMachine(machine, request, on: PPC64LE())
    }

    private func virt() throws -> LoadedMachine {
        var image = SyntheticARM64Image()
        image.size = 300_000
        image.imageSize = 0x8_0000
        image.flags = 0xa
        let request = LoadRequest(
            purpose: .crash, kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(image.bytes))),
            initrd: .init(name: "initrd", contents: Bytes([UInt8](repeating: 7, count: 70_001))),
            commandLine: KernelCommandLine("console=ttyAMA0 maxcpus=1"), rngSeed: [UInt8](repeating: 0x5a, count: 32))
        let machine = try RecordedMachine.aarch64.copy()
        let resources = String(decoding: try machine.read("proc/iomem"), as: UTF8.self)
        try machine.write(resources.replacing("99a00000-b99fffff : Crash", with: "99a00000-9a9fffff : Crash"), to: "proc/iomem")
        return try LoadedMachine(machine, request, on: AArch64())
    }

    @Test func bothMachinesAreReadBack() throws {
        for machine in [try pseries(), try virt()] {
            let inspection = try machine.inspect()
            #expect(inspection.findings.isEmpty, "\(machine.architecture.name): \(inspection.findings)")
            #expect(inspection.commandLine?.bytes == machine.plan.commandLine.bytes)
            let tree = try #require(inspection.tree)
            let segment = try machine.segment(.fdt)
            #expect(tree.start == segment.memory.start)
            #expect(!tree.cpus.isEmpty)
            func word(_ offset: Int) -> UInt64 {
                segment.contents.withSpan { span in (offset..<offset + 4).reduce(UInt64(0)) { $0 << 8 | UInt64(span[$1]) } }
            }
            // Strings follow the structure: offset and size (Devicetree Specification, section 5.2).
            #expect(tree.room.rawValue == segment.memory.size.rawValue - word(12) - word(32))
            #expect(inspection.header?.notes ?? 0 > 1)
        }
    }

    /// By the seed that is found in it the plan can be made once more, and is known to be of that image.
    @Test func aPlanIsKnownAgain() throws {
        for machine in [try pseries(), try virt()] {
            let inspection = try machine.inspect()
            #expect(inspection.randomSeed == [UInt8](repeating: 0x5a, count: 32), "\(machine.architecture.name)")
            let comparison = try #require(PlanComparison(machine.plan, with: inspection, of: machine.architecture.machine))
            #expect(comparison.differences.isEmpty, "\(machine.architecture.name): \(comparison.differences)")
            // An image without a record is nobody's.
            try machine.flip(try machine.segment(.purgatory).memory.start + UInt64(try recordOffset(machine)) + 70)
            #expect(PlanComparison(machine.plan, with: try machine.inspect(), of: machine.architecture.machine) == nil)
        }
    }

    /// Where purgatory's record lies in its segment, by its magic number.
    private func recordOffset(_ machine: LoadedMachine) throws -> Int {
        let magic = Array("swkexec-image".utf8)
        let bytes = try machine.segment(.purgatory).contents.withSpan { span in span.indices.map { span[$0] } }
        return try #require(stride(from: 0, to: bytes.count, by: 16).first { bytes[$0...].starts(with: magic) })
    }

    /// A core that came after the load, and whose node nobody added.
    @Test func aCPUThatTheTreeDoesNotHave() throws {
        let machine = try pseries()
        let known = try #require(try machine.inspect().tree?.cpus.first)
        let cpus = "proc/device-tree/cpus"
        for file in machine.folder.allFiles() where file.hasPrefix("\(cpus)/\(known)/") {
            let copy = file.replacing("\(cpus)/\(known)/", with: "\(cpus)/PowerPC,POWER10@38/")
            try machine.folder.write(try machine.folder.read(file), to: copy)
        }
        let findings = try machine.inspect().findings
        #expect(findings == [.treeCPUsMissing(["PowerPC,POWER10@38"])])
    }

    @Test func aTreeThatIsNone() throws {
        let machine = try pseries()
        let start = try machine.segment(.fdt).memory.start
        func findings(_ bytes: [UInt8], at offset: UInt64) throws -> [Finding] {
            let before = try machine.read(start + offset, bytes.count)
            try machine.write(bytes, at: start + offset)
            defer { try? machine.write(before, at: start + offset) }
            return try machine.inspect().findings
        }
        #expect(try findings([0], at: 0) == [.treeMalformed(start, "no FDT magic")])
        let tooLong = try findings([0x7f], at: 4)
        #expect(tooLong.count == 1 && tooLong[0].text.contains("is more than the segment's"))
        // The offset of the structure block.
        let outside = try findings([0x7f], at: 8)
        #expect(outside.count == 1 && outside[0].id == "fdt-malformed")
    }

    /// On arm64 the digest covers the tree.
    @Test func aChangedTreeOfArm64IsAChangedSegment() throws {
        let machine = try virt()
        let segment = try machine.segment(.fdt)
        try machine.flip(segment.memory.start + (segment.loadedSize.rawValue - 1))
        #expect(try machine.inspect().findings.first == .segmentChanged(.fdt, segment.memory))
    }
}
