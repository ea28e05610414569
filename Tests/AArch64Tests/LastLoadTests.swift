import Foundation
import LoadPlan
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// A machine that was itself started by kexec.
@Suite(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed")) struct LastLoadTests {
    private func source(_ blob: [UInt8]) throws -> [String] {
        try Tool.dtc.text(["-s", "-q", "-I", "dtb", "-O", "dts", "-"], input: blob).split(separator: "\n").map { line in
            String(line.drop { $0 == "\t" })
        }
    }

    /// 128 MiB of an initrd, an IMA buffer and a handover; linux,booted-from-kexec is true of the next kernel, too.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func nothingGoesOn(_ purpose: LoadPlan.Purpose) throws {
        let machine = try ReportedCase.treeOfTheLastKexec.machine()
        for initrd in [70_001, nil] {
            let tree = try source(Virt.plan(Virt.request(purpose, initrd: initrd), on: machine.path).bytes(.fdt))
            #expect(!tree.contains { $0.hasPrefix("/memreserve/") || $0.contains("linux,ima") || $0.contains("linux,kho") })
            #expect(tree.contains("linux,booted-from-kexec;"))
            #expect(tree.contains { $0.hasPrefix("linux,initrd-start") } == (initrd != nil))
            #expect(!tree.contains("linux,initrd-start = <0x00 0x48400000>;"))
        }
    }

    /// The tree that a load made is the boot tree of the next one: the tree of the third kexec is the size of that of the first.
    @Test func threeTimesInARow() throws {
        let machine = try RecordedMachine.aarch64.copy()
        var trees: [[String]] = []
        for _ in 0..<3 {
            let blob = try Virt.plan(Virt.request(.reboot), on: machine.path).bytes(.fdt)
            trees.append(try source(blob))
            try machine.write(blob, to: "sys/firmware/fdt")
        }
        #expect(trees[1] == trees[0] && trees[2] == trees[0])
    }

    /// From a capture kernel a reboot leads to a kernel with all of its memory.
    @Test func fromACaptureKernel() throws {
        let machine = try RecordedMachine.aarch64.copy()
        let capture = try Virt.plan(Virt.request(), on: machine.path).bytes(.fdt)
        #expect(try source(capture).contains { $0.hasPrefix("linux,usable-memory-range") })
        try machine.write(capture, to: "sys/firmware/fdt")
        let tree = try source(Virt.plan(Virt.request(.reboot), on: machine.path).bytes(.fdt))
        #expect(!tree.contains { $0.hasPrefix("linux,usable-memory") || $0.hasPrefix("linux,elfcorehdr") })
        #expect(tree.contains("reg = <0x00 0x40000000 0x00 0x80000000>;"))
    }

    /// What firmware reserves, spin tables above all, stays, and nothing is loaded there.
    @Test func firmwareStays() throws {
        let machine = try ReportedCase.treeOfTheLastKexec.machine()
        let source = try Tool.dtc.text(["-q", "-I", "dtb", "-O", "dts", "-"], input: machine.read("sys/firmware/fdt"))
        let changed = source.replacingOccurrences(
            of: "/memreserve/\t0x0000000048400000", with: "/memreserve/ 0x0000000040200000 0x10000;\n/memreserve/\t0x0000000048400000")
        #expect(changed != source)
        try machine.write(Tool.dtc.output(["-q", "-I", "dts", "-O", "dtb", "-"], input: Array(changed.utf8)), to: "sys/firmware/fdt")
        let plan = try Virt.plan(Virt.request(.reboot), on: machine.path)
        let kept = try self.source(plan.bytes(.fdt)).filter { $0.hasPrefix("/memreserve/") }
        #expect(kept == ["/memreserve/\t0x0000000040200000 0x0000000000010000;"])
        let table = try #require(PhysicalRange(start: PhysicalAddress(0x4020_0000), size: ByteCount(0x1_0000)))
        #expect(plan.segments.allSatisfy { !$0.memory.overlaps(table) })
    }
}
