import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory
import PlanFile
import SHA256
import TestSupport
import Testing

/// A file that was written by hand after the tables of swkexec-plan(5), and what it says. Neither the reader nor the writer had a part
/// in it.
struct HandwrittenFileTests {
    /// First the bytes, in hexadecimal or as text in quotes, then the field that they are.
    private static let fields = """
        'SWKXPLAN'  magic
        02000000  version
        e2010000  headSize: 482
        e701000000000000  fileSize: 487
        718f78959b46046b2a4730c5c94650b7be58007a8582f600a0c0796f250d70f7  sha256: of the bytes below, by sha256sum
        1500  machine: EM_PPC64
        0100  purpose: a panic
        03000000  options: hotplug, digest checked
        1000001000000000  entry
        0900150000000000  flags: EM_PPC64, KEXEC_ON_CRASH, KEXEC_CRASH_HOTPLUG_UPDATE
        0000000000000000  olderFlags: none
        6377f806084b23c7815133f122eaaa4621b8ba6ada2cd1e0cc4c3c9cf2ecaf9b  digest: printf KRN | sha256sum
        0300000000000000  coveredBytes
        02000000  segmentCount
        01000000  regionCount
        02000000  factCount
        72000000  textSize: 114
        0000000007000000  architecture
        0700000005000000  commandLine
        0c00000006000000  segment 0: role
        00000000  digestRule: covered
        00000000  reserved
        0000001000000000  memoryStart
        0000010000000000  memorySize
        e201000000000000  fileOffset: 482
        0300000000000000  loadedSize
        120000000a000000  segment 1: role
        01000000  digestRule: the kernel may rewrite it
        00000000  reserved
        0000011000000000  memoryStart
        0000020000000000  memorySize
        e501000000000000  fileOffset
        0200000000000000  loadedSize
        0000001000000000  region: start
        0000000800000000  size
        0100  fact 0: rule: equals
        0000  attributes
        00000000  reserved
        1c00000004000000  subject
        200000001e000000  path
        3e00000000000000  numbers: none
        3e00000000000000  selector: none
        3e00000001000000  expected
        0500  fact 1: rule: digest
        0100  attributes: --force overrides it
        00000000  reserved
        3f00000004000000  subject
        430000000a000000  path
        4d00000003000000  numbers
        5000000002000000  selector
        5200000020000000  expected
        'ppc64le'  architecture
        'quiet'  commandLine
        'kernel'  role of segment 0
        'elfcorehdr'  role of segment 1
        'boot'  subject of fact 0
        'proc/sys/kernel/random/boot_id'  path
        '5'  expected
        'CPUs'  subject of fact 1
        'sys/cpu*/x'  path
        '0-3'  numbers
        'up'  selector
        'ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ'  expected
        'KRN'  bytes of segment 0
        'EH'  bytes of segment 1
        """

    private static let file: [UInt8] = fields.split(separator: "\n").flatMap { line -> [UInt8] in
        if line.hasPrefix("'") { return Array(line.dropFirst().prefix { $0 != "'" }.utf8) }
        let digits = Array(line.prefix { $0 != " " })
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0..<$0 + 2]), radix: 16) ?? 0 }
    }

    /// The same plan, out of its values.
    private func planFile() throws -> PlanFile {
        func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
            try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
        }
        let covered = Bytes(Array("KRN".utf8))
        return PlanFile(
            LoadPlan(
                architecture: "ppc64le", purpose: .crash, entry: PhysicalAddress(0x1000_0010),
                segments: [
                    Segment(role: .kernel, memory: try range(0x1000_0000, 0x1_0000), contents: covered, digestRule: .included),
                    Segment(
                        role: .elfcorehdr, memory: try range(0x1001_0000, 0x2_0000), contents: Bytes(Array("EH".utf8)),
                        digestRule: .excluded(because: .hotplug)),
                ],
                flags: KexecFlags(rawValue: 0x15_0009), olderFlags: nil,
                digest: LoadPlan.Digest(value: SHA256.digest(of: covered), coveredBytes: 3),
                commandLine: KernelCommandLine("quiet"), hotplugRequested: true, usableMemory: [try range(0x1000_0000, 0x800_0000)],
                warnings: []),
            preconditions: [
                Precondition(.equals, subject: "boot", path: "proc/sys/kernel/random/boot_id", expected: Array("5".utf8)),
                Precondition(
                    .digest, subject: "CPUs", path: "sys/cpu*/x", numbers: "0-3", selector: "up",
                    expected: [UInt8](repeating: UInt8(ascii: "Z"), count: 32), isOverridable: true),
            ])
    }

    @Test func isWhatTheWriterWrites() throws {
        #expect(try planFile().contents().flatMap(array) == Self.file)
    }

    @Test func isWhatTheReaderReads() throws {
        let (read, expected) = (try PlanFile(Bytes(Self.file)), try planFile())
        #expect(read.preconditions == expected.preconditions)
        #expect(read.plan.architecture == "ppc64le")
        #expect(read.plan.purpose == .crash)
        #expect(read.plan.entry == PhysicalAddress(0x1000_0010))
        #expect(read.plan.flags == [KexecFlags(rawValue: 0x15_0000), .onCrash, .crashHotplugUpdate])
        #expect(read.plan.olderFlags == nil)
        #expect(read.plan.digest == expected.plan.digest)
        #expect(read.plan.commandLine == expected.plan.commandLine)
        #expect(read.plan.hotplugRequested)
        #expect(read.plan.usableMemory == expected.plan.usableMemory)
        #expect(read.plan.segments.map(\.role) == [.kernel, .elfcorehdr])
        #expect(read.plan.segments.map(\.memory) == expected.plan.segments.map(\.memory))
        #expect(read.plan.segments.map(\.digestRule) == [.included, .excluded(because: .hotplug)])
        #expect(read.plan.segments.map { array($0.contents) } == [Array("KRN".utf8), Array("EH".utf8)])
    }

    /// swkexec-apply reads it to its end, too.
    @Test(.enabled(if: ApplierProgram.isForThisMachine)) func isWhatTheOtherReaderReads() throws {
        #expect(try ApplierProgram().refusal(of: Self.file) == nil)
    }
}
