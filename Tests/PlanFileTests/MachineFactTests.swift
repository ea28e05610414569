import ByteStorage
import HostState
import LoadPlan
import SystemPackage
import TestSupport
import Testing
import X86_64

/// Which facts a plan is given, and their values: compared with what grep, sed and sha256sum make of the
/// recorded files.
struct MachineFactTests {
    private func facts(_ purpose: LoadPlan.Purpose, on root: FilePath) throws -> [Precondition] {
        let host = try HostState.read(SystemRoot(root))
        let segment = try SamplePlan(purpose: purpose, isHotplug: false).planFile().plan
        return segment.preconditions(on: host, for: X86_64())
    }

    private func shell(_ command: String) throws -> String { try Tool("sh").text(["-c", command]) }

    @Test(arguments: Fixture.allCases)
    func ofACrash(_ fixture: Fixture) throws {
        let root = fixture.sysroot
        let facts = try facts(.crash, on: root)
        #expect(
            facts.map(\.subject) == [
                "kernel release", "crash region", "place of VMCOREINFO", "place of the crash notes", "set of memory ranges",
                "place of the kernel", "direct map of RAM",
            ])
        #expect(facts.map(\.isOverridable) == [true, false, false, false, false, false, false])
        for fact in facts { #expect(fact.difference(in: SystemRoot(root)) == nil, "\(fact.subject)") }
        for fact in facts { #expect(fact.fault == nil, "\(fact.subject)") }

        #expect(String(decoding: facts[0].expected, as: UTF8.self) == (try shell("cut -d' ' -f1-3 \(root)/proc/version | tr '\\n' ' '")))
        #expect(
            String(decoding: facts[1].expected, as: UTF8.self) + "\n"
                == (try shell("grep 'Crash kernel' \(root)/proc/iomem | sed 's/^ *//'")))
        #expect(facts[2].expected == (try fixture.bytes("sys/kernel/vmcoreinfo")))
        let notes = try shell("cat \(root)/sys/devices/system/cpu/cpu[01]/crash_notes | sha256sum").prefix(64)
        #expect(facts[3].expectation == notes)
        #expect(facts[3].numbers == "0-1")
        #expect(facts[4].expectation == (try shell("grep ' : System RAM' \(root)/proc/iomem | sed 's/^ *//' | sha256sum")).prefix(64))
        // Physical and virtual start of the kernel as readelf shows them, least byte first.
        let code = try shell("sed -n 's/^ *\\([0-9a-f]*\\)-.*Kernel code/\\1/p' \(root)/proc/iomem").dropLast()
        let header = try shell("readelf -lW \(root)/proc/kcore | grep LOAD.*0x0*\(code) | head -1").split(separator: " ")
        let addresses = try [header[2], header[3]].flatMap { text in
            let address = try #require(UInt64(text.dropFirst(2), radix: 16))
            return (0..<8).map { UInt8(truncatingIfNeeded: address >> UInt64(8 * $0)) }
        }
        #expect(facts[5].expected == addresses)
    }

    @Test func ofAReboot() throws {
        let facts = try facts(.reboot, on: Fixture.bios.sysroot)
        #expect(facts.map(\.subject) == ["kernel release", "set of memory ranges"])
        #expect(String(decoding: facts[1].expected, as: UTF8.self) == "00100000-7ffdffff : System RAM")
    }

    /// A folder that was recorded has no boot id, and the plan holds for more than one boot.
    @Test func bootIsAFactWhereItIsKnown() throws {
        let machine = try Fixture.bios.copy()
        try machine.write("de305d54-75b4-431b-adb2-eb6b9e546014\n", to: "proc/sys/kernel/random/boot_id")
        for purpose in [LoadPlan.Purpose.crash, .reboot] {
            let facts = try facts(purpose, on: machine.path)
            #expect(facts[1].subject == "boot")
            #expect(!facts[1].isOverridable)
            #expect(String(decoding: facts[1].expected, as: UTF8.self) == "de305d54-75b4-431b-adb2-eb6b9e546014\n")
        }
    }

    /// Each change of the machine that makes the plan wrong is seen by some fact.
    @Test(arguments: [
        ("memory came", "sys", "set of memory ranges"), ("another region", "region", "crash region"),
        ("notes elsewhere", "notes", "place of the crash notes"), ("a CPU more", "cpu", "place of the crash notes"),
        ("VMCOREINFO elsewhere", "vmcoreinfo", "place of VMCOREINFO"), ("kernel elsewhere", "kcore", "place of the kernel"),
        ("another kernel", "version", "kernel release"),
    ])
    func changes(_ name: String, _ change: String, _ subject: String) throws {
        var before = SyntheticSysroot()
        before.possibleCPUs = "0-3"
        var after = before
        switch change {
        case "sys": after.iomem.append(.init(0x1_0000_0000, 0x1_0fff_ffff, "System RAM"))
        case "region": after.iomem[5].start += 0x100_0000
        case "notes": after.cpus[1].crashNotes += 0x1000
        case "cpu": after.cpus.append(.init(3, crashNotes: 0x3da0_0000))
        case "vmcoreinfo": after.vmcoreinfo = "0x0000000003dc5000 1024\n"
        case "kcore": after.core?[1].virtualAddress += 0x20_0000
        default: after.release = "6.12.108+deb13-cloud-amd64"
        }
        let machine = try before.write()
        let facts = try facts(.crash, on: machine.path)
        #expect(facts.allSatisfy { $0.difference(in: SystemRoot(machine.path)) == nil })
        let changed = try after.write()
        let differing = facts.filter { $0.difference(in: SystemRoot(changed.path)) != nil }.map(\.subject)
        #expect(differing == [subject])
    }

    /// The facts do not grow with the machine: a plan file is never much larger than its segments.
    @Test func ofAHugeMachine() throws {
        var machine = SyntheticSysroot()
        machine.cpus = (0..<300).map { .init($0, crashNotes: 0x4000_0000 + UInt64($0) * 512) }
        machine.possibleCPUs = "0-299"
        for i in 0..<2000 as Range<UInt64> {
            let start: UInt64 = 1 << 32 + i << 25
            machine.iomem.append(.init(start, start + 0xff_ffff, "System RAM"))
        }
        let folder = try machine.write()
        var sample = SamplePlan()
        sample.facts = try facts(.crash, on: folder.path)
        #expect(sample.facts.count == 7)
        let segments = sample.segments.reduce(0) { $0 + $1.3 }
        #expect(try sample.bytes().count < segments + 4096)
    }
}
