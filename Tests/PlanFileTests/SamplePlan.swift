import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory
import PlanFile
import SHA256
import TestSupport
import Testing

/// A boot id that no boot has: nothing made of these plans can ever be loaded.
let impossibleBoot = Precondition(
    .equals, subject: "boot", path: "proc/sys/kernel/random/boot_id",
    expected: Array("00000000-0000-0000-0000-000000000000\n".utf8))

/// A small plan with something of everything in it.
struct SamplePlan {
    var architecture = "x86_64"
    var machine: UInt16 = 62
    var purpose = LoadPlan.Purpose.crash
    var isHotplug = true
    var checksDigest = true
    var commandLine = "console=ttyS0 elfcorehdr=0x7f000000"
    /// Role, start, pages, loaded bytes.
    var segments: [(SegmentRole, UInt64, UInt64, Int)] = [
        (.kernel, 0x7000_0000, 4, 9000), (.backup, 0x7100_0000, 16, 0), (.purgatory, 0x7200_0000, 1, 77),
        (.elfcorehdr, 0x7f00_0000, 2, 400),
    ]
    var facts = [
        impossibleBoot,
        Precondition(
            .begins, subject: "kernel release", path: "proc/version", expected: Array("Linux version 0.0 ".utf8), isOverridable: true),
        Precondition(
            .lines, subject: "crash region", path: "proc/iomem", selector: " : Crash kernel",
            expected: Array("6e000000-7fffffff : Crash kernel".utf8)),
        Precondition(.contains, subject: "place of the kernel", path: "proc/kcore", expected: [1, 2, 3]),
        Precondition(
            .digest, subject: "place of the crash notes", path: "sys/devices/system/cpu/cpu*/crash_notes", numbers: "0-3,8",
            expected: Precondition.digest(of: [Array("7e23d800".utf8)])),
        Precondition(
            .tree, subject: "set of CPUs", path: "proc/device-tree", selector: "cpus", expected: [UInt8](repeating: 0xc9, count: 32)),
    ]

    /// For the architecture that the tests run on.
    static var ofThisMachine: SamplePlan {
        #if arch(arm64)
        SamplePlan(architecture: "aarch64", machine: 183)
        #else
        SamplePlan()
        #endif
    }

    func planFile() throws -> PlanFile {
        var generator = SeededGenerator(seed: 4)
        let made = try segments.map { role, start, pages, count in
            Segment(
                role: role, memory: try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(pages * 4096))),
                contents: Bytes(generator.bytes(count)),
                digestRule: role == .purgatory
                    ? .excluded(because: .purgatory)
                    : role == .elfcorehdr && isHotplug ? .excluded(because: .hotplug) : .included)
        }
        let covered = made.filter { $0.digestRule == .included }
        var hash = SHA256()
        for segment in covered { hash.update(segment.contents) }
        let digest = LoadPlan.Digest(value: hash.finish(), coveredBytes: UInt64(covered.reduce(0) { $0 + $1.contents.count }))
        let base = KexecFlags(rawValue: UInt64(machine) << 16 | (purpose == .crash ? 1 : 0))
        let region = try #require(PhysicalRange(start: PhysicalAddress(0x6e00_0000), end: PhysicalAddress(0x8000_0000)))
        return PlanFile(
            LoadPlan(
                architecture: architecture, purpose: purpose, entry: PhysicalAddress(0x7200_0010), segments: made,
                flags: isHotplug ? base.union(.crashHotplugUpdate) : base,
                olderFlags: isHotplug ? base.union(.updateElfcorehdr) : nil, digest: checksDigest ? digest : nil,
                commandLine: KernelCommandLine(commandLine), hotplugRequested: isHotplug, usableMemory: [region], warnings: []),
            preconditions: facts)
    }

    func bytes() throws -> [UInt8] { try planFile().contents().flatMap(array) }
}

func array(_ bytes: Bytes) -> [UInt8] { bytes.withSpan { span in (0..<span.count).map { span[$0] } } }

extension [UInt8] {
    /// The same file with its SHA-256 made right again.
    func resealed() -> [UInt8] {
        var file = self
        file.replaceSubrange(24..<56, with: SHA256.digest(of: Bytes(Array(file[56...]))).bytes)
        return file
    }
}

/// Why the bytes are refused; nil when they are not.
func refusal(of bytes: [UInt8]) -> PlanFileError? {
    do throws(PlanFileError) {
        _ = try PlanFile(Bytes(bytes))
        return nil
    } catch {
        return error
    }
}
