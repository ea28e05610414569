import ByteStorage
import PhysicalMemory

@testable import LoadPlan

/// A small plan made by hand: two segments and the flags under test.
func planOfTwoSegments(flags: KexecFlags, olderFlags: KexecFlags? = nil) throws -> LoadPlan {
    let region = try required(PhysicalRange(start: PhysicalAddress(0x6e00_0000), size: .mebibytes(256)))
    let kernel = try required(PhysicalRange(start: PhysicalAddress(0x7000_0000), size: ByteCount(0x3000 as UInt64)))
    let purgatory = try required(PhysicalRange(start: PhysicalAddress(0x7100_0000), size: .page))
    return LoadPlan(
        architecture: "x86_64", purpose: .crash, entry: purgatory.start,
        segments: [
            Segment(role: .kernel, memory: kernel, contents: Bytes([1, 2, 3, 4, 5]), digestRule: .included),
            Segment(role: .purgatory, memory: purgatory, contents: Bytes([6, 7]), digestRule: .excluded(because: .purgatory)),
        ],
        flags: flags, olderFlags: olderFlags, digest: nil, commandLine: KernelCommandLine(""),
        hotplugRequested: false, usableMemory: [region], warnings: [])
}

struct Missing: Error {}

func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}
