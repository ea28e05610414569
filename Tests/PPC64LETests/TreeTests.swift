import DeviceTree
import Foundation
import LoadPlan
import PPC64LE
import PhysicalMemory
import RecordedCalls
import TestSupport
import Testing

/// The new kernel's device tree, read by dtc and fdtget.
@Suite(.enabled(if: Tool.dtc.isAvailable && Tool.fdtget.isAvailable, "dtc is not installed"))
struct TreeTests {
    /// As dtc prints it, sorted; a warning is an error.
    private func source(_ blob: [UInt8]) throws -> [String] {
        try Tool.dtc.text(["-s", "-q", "-I", "dtb", "-O", "dts", "-"], input: blob).split(separator: "\n").map { line in
            String(line.drop { $0 == "\t" || $0 == " " })
        }
    }

    private func property(_ blob: [UInt8], _ node: String, _ name: String) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write(blob, to: "fdt")
        return try String(Tool.fdtget.text(["-t", "x", file.string, node, name]).prefix { $0 != "\n" })
    }

    private func reservations(_ lines: [String]) -> Set<[UInt64]> {
        Set(
            lines.filter { $0.hasPrefix("/memreserve/") }.map { line in
                line.split { $0 == " " || $0 == "\t" || $0 == ";" }.dropFirst().compactMap { UInt64($0.dropFirst(2), radix: 16) }
            })
    }

    /// All lines that one has and the other lacks.
    private func differences(_ one: [String], _ other: [String]) -> [String] {
        var rest = other
        return one.filter { line in
            guard let index = rest.firstIndex(of: line) else { return true }
            rest.remove(at: index)
            return false
        }
    }

    @Test func everyDifferenceFromThePeer() throws {
        let plan = try Pseries.plan(Pseries.request(hotplug: true))
        let ours = try source(plan.bytes(.fdt)).filter { !$0.hasPrefix("/memreserve/") }
        let theirs = try source(RecordedMachine.ppc64le.bytes("peer/hotplug/fdt.dtb")).filter { !$0.hasPrefix("/memreserve/") }
        let initrd = try plan.start(.initrd)
        let elfcorehdr = try plan.start(.elfcorehdr)
        func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        #expect(
            Set(differences(ours, theirs).filter { !$0.hasPrefix("rng-seed = ") }) == [
                // Another command line, and in hexadecimal.
                "bootargs = \"\(Pseries.commandLine) elfcorehdr=0x\(hex(elfcorehdr))\";",
                // Another initrd.
                "linux,initrd-start = <0x00 0x\(hex(initrd))>;",
                "linux,initrd-end = <0x00 0x\(hex(initrd + 70_001))>;",
                // Only blocks that belong to the machine have an entry, as the kernel reads it; none here.
                "linux,drconf-usable-memory;",
            ])
        let lacking = differences(theirs, ours)
        #expect(lacking.count == 5)
        for prefix in ["bootargs = ", "linux,initrd-start", "linux,initrd-end", "linux,drconf-usable-memory", "linux,memory-limit"] {
            #expect(lacking.contains { $0.hasPrefix(prefix) }, "\(prefix)")
        }
        #expect(try property(plan.bytes(.fdt), "/chosen", "rng-seed").split(separator: " ").allSatisfy { $0 == "5a" || $0 == "5a5a5a5a" })
    }

    /// The same memory, but whole segments where the peer reserves no more than what it loaded: what the
    /// kernel writes there later would not be covered.
    @Test func reservationsAgainstThePeer() throws {
        let plan = try Pseries.plan(Pseries.request(hotplug: true))
        let ours = reservations(try source(plan.bytes(.fdt)))
        func range(_ role: SegmentRole) throws -> [UInt64] {
            let memory = try #require(plan.segment(role)).memory
            return [memory.start.rawValue, memory.size.rawValue]
        }
        #expect(
            ours == [
                [0x10000, 0x1fff_0000], try range(.backup), try range(.elfcorehdr), try range(.fdt),
                [try plan.start(.initrd), 70_001], [0x2fff_f000, 0x83c],
            ])
        let theirs = reservations(try source(RecordedMachine.ppc64le.bytes("peer/hotplug/fdt.dtb")))
        #expect(ours.count == theirs.count)
        #expect(ours.intersection(theirs) == [[0x10000, 0x1fff_0000], [0x2fff_f000, 0x83c]])
    }

    @Test func usableMemory() throws {
        let blob = try Pseries.plan(Pseries.request()).bytes(.fdt)
        #expect(try property(blob, "/memory@0", "linux,usable-memory") == "0 0 0 30000000")
    }

    /// Room for CPUs: totalsize covers the segment, and a tree with every core that can come still fits.
    @Test func roomForEveryCPU() throws {
        let machine = try Pseries.changed { try $0.write("0-63\n", to: "sys/devices/system/cpu/possible") }
        let plan = try Pseries.plan(Pseries.request(hotplug: true), on: machine.path)
        let segment = try #require(plan.segment(.fdt))
        let blob = try plan.bytes(.fdt)
        #expect(UInt64(blob.count) == segment.memory.size.rawValue)
        #expect(blob[4..<8].reduce(0) { $0 << 8 | UInt64($1) } == segment.memory.size.rawValue)

        let lines = try source(blob)
        let start = try #require(lines.firstIndex(of: "PowerPC,POWER10@1 {"))
        let end = try #require(lines[start...].firstIndex(of: "};"))
        var full = lines
        for core in 2..<64 {
            let node = ["PowerPC,POWER10@\(String(core, radix: 16)) {"] + lines[(start + 1)...end].filter { !$0.hasPrefix("phandle") }
            full.insert(contentsOf: node, at: end + 1)
        }
        let compiled = try Tool.dtc.output(["-q", "-f", "-I", "dts", "-O", "dtb", "-"], input: Array(full.joined(separator: "\n").utf8))
        #expect(compiled.count <= blob.count, "\(compiled.count) of \(blob.count)")
        // Without hotplug no room at all.
        let plain = try Pseries.plan(Pseries.request(), on: machine.path).bytes(.fdt)
        #expect(plain.count < 32 << 10)
    }

    /// Memory that was hot-added before the load: the capture kernel must not use it.
    @Test func dynamicMemory() throws {
        let assigned: UInt32 = 8
        let second = cells(2, 8, 0, 0, 0, 0xffff_ffff, 0xa0, 4, 0, 0x8000_0000, 0x8000_0008, 0xffff_ffff, assigned)
        let folder = "proc/device-tree/ibm,dynamic-reconfiguration-memory"
        let machine = try Pseries.changed {
            try $0.write(second, to: "\(folder)/ibm,dynamic-memory-v2")
            try $0.write("00000000-bfffffff : System RAM\n", to: "proc/iomem")
        }
        let blob = try Pseries.plan(Pseries.request(), on: machine.path).bytes(.fdt)
        #expect(try property(blob, "/ibm,dynamic-reconfiguration-memory", "linux,drconf-usable-memory") == "0 0 0 0 0 0 0 0")

        // The older encoding, an entry a block: one that is not assigned, then the crash region's own and another.
        let old = cells(
            3, 0, 0x1000_0000, 1, 0, 0, 0, 0, 0x2000_0000, 2, 0, 0, assigned, 0, 0x9000_0000, 3, 0, 0, assigned)
        let older = try Pseries.changed {
            try $0.remove("\(folder)/ibm,dynamic-memory-v2")
            try $0.write(old, to: "\(folder)/ibm,dynamic-memory")
        }
        let olderBlob = try Pseries.plan(Pseries.request(), on: older.path).bytes(.fdt)
        #expect(
            try property(olderBlob, "/ibm,dynamic-reconfiguration-memory", "linux,drconf-usable-memory")
                == "0 1 0 20000000 0 10000000 0 0")
    }

    @Test func reboot() throws {
        let plan = try Pseries.plan(Pseries.request(.reboot))
        let lines = try source(plan.bytes(.fdt))
        #expect(
            !lines.contains { $0.hasPrefix("linux,usable-memory") || $0.hasPrefix("linux,drconf") || $0.hasPrefix("linux,crashkernel") })
        #expect(lines.contains("bootargs = \"\(Pseries.commandLine)\";"))
        #expect(plan.segment(.elfcorehdr) == nil && plan.segment(.backup) == nil)
        // The running kernel ends at 0x94a000; neither it nor the crash region is touched.
        for segment in plan.segments {
            #expect(segment.memory.start.rawValue >= 0x94a000)
            #expect(Pseries.region.map { !segment.memory.overlaps($0) } == true)
        }
    }

    /// crashkernel=…,cma: the ranges are the capture kernel's (get_usable_memory_ranges() of arch/powerpc/kexec/ranges.c), and not
    /// reserved where they lie below its region.
    @Test func rangesLentUntilTheCrash() throws {
        let machine = try ReportedCase.crashCMA.machine()
        let above = try Pseries.plan(Pseries.request(), on: machine.path).bytes(.fdt)
        #expect(try property(above, "/memory@0", "linux,usable-memory") == "0 0 0 30000000 0 40000000 0 20000000")
        try machine.write("08000000-0fffffff\n40000000-5fffffff\n", to: "sys/kernel/kexec/crash_cma_ranges")
        let below = reservations(try source(Pseries.plan(Pseries.request(), on: machine.path).bytes(.fdt)))
        #expect(below.isSuperset(of: [[0x1_0000, 0x7ff_0000], [0x1000_0000, 0x1000_0000]]))
    }

    // MARK: - What the last kexec left

    /// The tree of a capture kernel as its kernel shows it: limits to its memory, an IMA buffer, a handover.
    private func captureKernel() throws -> TemporaryFolder {
        try Pseries.changed {
            try $0.write(cells(0, 0, 0, 0x3000_0000), to: "proc/device-tree/memory@0/linux,usable-memory")
            try $0.write(cells(0, 0), to: "proc/device-tree/ibm,dynamic-reconfiguration-memory/linux,drconf-usable-memory")
            for (name, value) in [
                ("linux,ima-kexec-buffer", cells(0, 0x6100_0000, 0, 0x2_0000)), ("linux,kho-fdt", cells(0, 0x6200_0000, 0, 0x1000)),
                ("linux,usable-memory-range", cells(0, 0x2000_0000, 0, 0x1000_0000)), ("kaslr-seed", cells(1, 2)),
            ] { try $0.write(value, to: "proc/device-tree/chosen/\(name)") }
        }
    }

    /// A reboot leads to a kernel with all memory.
    @Test func rebootFromACaptureKernel() throws {
        let machine = try captureKernel()
        let tree = try source(Pseries.plan(Pseries.request(.reboot), on: machine.path).bytes(.fdt))
        let plain = try source(Pseries.plan(Pseries.request(.reboot)).bytes(.fdt))
        #expect(tree == plain)
        #expect(!tree.contains { $0.contains("usable-memory") || $0.contains("kexec-buffer") || $0.contains("linux,kho") })
        #expect(!tree.contains { $0.hasPrefix("kaslr-seed") })
    }

    /// A crash image loaded there has the limits of its own region.
    @Test func crashFromACaptureKernel() throws {
        let machine = try captureKernel()
        let tree = try source(Pseries.plan(Pseries.request(), on: machine.path).bytes(.fdt))
        #expect(tree == (try source(Pseries.plan(Pseries.request()).bytes(.fdt))))
    }

    /// Of a file's reservations those of the load that it was copied from go, and firmware's stay, with nothing loaded there.
    @Test func reservationsOfAFile() throws {
        let blob = try Pseries.plan(Pseries.request(.reboot)).bytes(.fdt)
        let text = try Tool.dtc.text(["-q", "-I", "dtb", "-O", "dts", "-"], input: blob).replacingOccurrences(
            of: "/dts-v1/;", with: "/dts-v1/;\n/memreserve/ 0x70000000 0x10000000;")
        let file = try Tool.dtc.output(["-q", "-I", "dts", "-O", "dtb", "-"], input: Array(text.utf8))
        var options = PPC64LE.Options()
        options.deviceTree = try DeviceTree(file.span)
        let plan = try Pseries.plan(Pseries.request(.reboot), options)
        #expect(
            reservations(try source(plan.bytes(.fdt))).contains([0x7000_0000, 0x1000_0000]))
        #expect(plan.segments.allSatisfy { $0.memory.end.rawValue <= 0x7000_0000 })
    }
}
