import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

/// Every way in which a plan can fail because of what it is given.
@Suite struct PlanErrorTests {
    /// The error, which in each case is one line for the user.
    private func errorOfPlanning(_ request: LoadRequest, on machine: SyntheticSysroot = SyntheticSysroot()) throws -> PlanError? {
        let error = #expect(throws: PlanError.self) { try plan(request, on: machine) }
        let line = error?.description ?? ""
        #expect(!line.isEmpty && !line.contains("\n"))
        return error
    }

    private func expectMissing(_ name: String, _ change: (inout SyntheticSysroot) -> Void) throws {
        var machine = SyntheticSysroot()
        change(&machine)
        let error = try errorOfPlanning(smallRequest(), on: machine)
        guard case .notShown(let path, _)? = error else {
            Issue.record("\(name): \(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(path.string.hasSuffix("/" + name), "\(path)")
    }

    @Test func kernel() throws {
        var image = SyntheticBzImage.small()
        image.relocatable = 0
        guard case .kernel("vmlinuz", .field(let name, _, at: _, allowed: _))? = try errorOfPlanning(smallRequest(image)) else {
            Issue.record("no error of the kernel")
            return
        }
        #expect(name == "relocatable_kernel")
        var request = try smallRequest()
        request.kernel = .init(name: "initrd.img", contents: try KernelFile(Bytes(Array("070701".utf8))))
        #expect(try errorOfPlanning(request) == .kernel("initrd.img", .foreign(.cpio)))
    }

    @Test func emptyInitrd() throws {
        #expect(try errorOfPlanning(smallRequest(initrd: [])) == .emptyInitrd("initrd.img"))
    }

    @Test func noCrashRegion() throws {
        var machine = SyntheticSysroot()
        machine.iomem.removeAll { $0.name == "Crash kernel" }
        let error = try errorOfPlanning(smallRequest(), on: machine)
        guard case .noCrashRegion(let path)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(path.string.hasSuffix("/proc/iomem"))
        #expect(error?.description.contains("crashkernel=") == true)
    }

    @Test func missingFacts() throws {
        try expectMissing("sys/kernel/vmcoreinfo") { $0.vmcoreinfo = nil }
        try expectMissing("sys/devices/system/cpu/possible") {
            $0.cpus = []
            $0.possibleCPUs = "0-3"
        }
        try expectMissing("sys/devices/system/cpu/possible") { $0.files["sys/devices/system/cpu/possible"] = .some(nil) }
        try expectMissing("proc/kcore") { $0.core = nil }
        try expectMissing("proc/kcore") { $0.core = [] }
        // The direct map is there, the kernel's text is not: elsewhere, or not at all.
        try expectMissing("proc/kcore") { $0.core?.removeAll { $0.virtualAddress >= 0xffff_ffff_8000_0000 } }
        try expectMissing("proc/kcore") { $0.core?[1].physicalAddress = 0x200_0000 }
        try expectMissing("proc/kcore") { $0.core?[1].size = 0 }
        try expectMissing("proc/kcore") { $0.core?[1].size = .max }
        try expectMissing("proc/iomem") { $0.iomem.removeAll { $0.name == "Kernel code" } }
    }

    @Test func hotplugWithoutTheKernelsHelp() throws {
        var machine = SyntheticSysroot()
        machine.elfcorehdrCapacity = nil
        machine.release = "6.1.0-13-amd64"
        let error = try errorOfPlanning(smallRequest(hotplug: true), on: machine)
        guard case .hotplug(.missing(let missing, _, _))? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(missing.string.hasSuffix("crash_elfcorehdr_size"))
        #expect(error?.description.contains("6.1") == true)
        #expect(throws: Never.self) { try plan(smallRequest(hotplug: false), on: machine) }
    }

    /// Up to the kernel's limit, to the byte, with what is appended.
    @Test func commandLineTooLong() throws {
        let appended = " elfcorehdr=0x7dffc000".utf8.count
        func request(_ length: Int) throws -> LoadRequest {
            try smallRequest(commandLine: String(repeating: "a", count: length - appended))
        }
        let longest = try plan(request(2047), on: SyntheticSysroot())
        #expect(longest.commandLine.bytes.count == 2047)
        #expect(longest.commandLine.description.hasSuffix(" elfcorehdr=0x7dffc000"))
        #expect(try errorOfPlanning(request(2048)) == .commandLineTooLong(2048, limit: 2047))
        #expect(try errorOfPlanning(request(100_000)) == .commandLineTooLong(100_000, limit: 2047))
    }

    @Test func commandLineWithNUL() throws {
        #expect(try errorOfPlanning(smallRequest(commandLine: "a\u{0}b")) == .commandLineHasNUL)
    }

    @Test func segmentsThatTheKernelWouldMistake() throws {
        let error = try errorOfPlanning(smallRequest(initrd: [0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]))
        guard case .rule(.initrd, _)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }

    @Test func halfOfRAM() throws {
        var machine = SyntheticSysroot()
        machine.memTotalKiB = 2000
        let error = try errorOfPlanning(smallRequest(), on: machine)
        #expect(error?.description.contains("half") == true)
        machine.memTotalKiB = nil
        #expect(throws: Never.self) { try plan(smallRequest(), on: machine) }
    }

    @Test func nothingToDump() throws {
        let machine = SyntheticSysroot.withCrashRegion(0x10_0000, 0x3fff_ffff, ram: 0x3fff_ffff)
        let error = try errorOfPlanning(smallRequest(), on: machine)
        guard case .rule(.elfcorehdr, _)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }

    @Test func moreRangesThanAHeaderCounts() throws {
        var machine = SyntheticSysroot()
        machine.memTotalKiB = nil
        for index in 0..<65_530 as Range<UInt64> {
            machine.iomem.append(.init(0x1_0000_0000 + index * 0x2000, 0x1_0000_0fff + index * 0x2000, "System RAM"))
        }
        // And two below 4 GiB, two CPUs, VMCOREINFO, the text.
        #expect(try errorOfPlanning(smallRequest(), on: machine) == .elfcorehdr(.tooManyProgramHeaders(65_536)))
        machine.iomem.removeLast(2)
        #expect(throws: Never.self) { try plan(smallRequest(), on: machine) }
    }

    @Test(arguments: [0x8000_0000, 0x100_0000_0000, 0x4000_0000_0000_0000, .max - 64, .max - 63, .max - 1, .max] as [UInt64])
    func aCapacityBeyondReason(_ capacity: UInt64) throws {
        var machine = SyntheticSysroot()
        machine.elfcorehdrCapacity = capacity
        #expect(try errorOfPlanning(smallRequest(hotplug: true), on: machine) != nil)
        // Without hotplug nobody needs it.
        #expect(throws: Never.self) { try plan(smallRequest(hotplug: false), on: machine) }
    }

    /// A capacity below what the header needs today: it is warned of, and the header fits.
    @Test(arguments: [UInt64(0), 1, 335]) func aCapacityTooSmall(_ capacity: UInt64) throws {
        var machine = SyntheticSysroot()
        machine.elfcorehdrCapacity = capacity
        let plan = try plan(smallRequest(hotplug: true), on: machine)
        #expect(plan.warnings.contains { $0.contains("elfcorehdr") })
        let segment = try #require(plan.segment(.elfcorehdr))
        #expect(segment.memory.size.rawValue >= segment.loadedSize.rawValue + 256 * 56)
    }

    /// sysfs counts no ELF header: 6 program headers and the header fit 336 + 64 bytes.
    @Test func aCapacityThatJustFits() throws {
        var machine = SyntheticSysroot()
        machine.elfcorehdrCapacity = 336
        let plan = try plan(smallRequest(hotplug: true), on: machine)
        #expect(plan.segment(.elfcorehdr)?.loadedSize.rawValue == 400)
        #expect(plan.segment(.elfcorehdr)?.memory.size.rawValue == 4096)
        #expect(!plan.warnings.contains { $0.contains("elfcorehdr") })
    }
}
