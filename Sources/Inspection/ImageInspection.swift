import DeviceTree
import ELF
import LoadPlan
import PhysicalMemory
import Purgatory
import SHA256

/// The crash image that is loaded, read back out of memory, and what is true of it now.
public struct ImageInspection: Sendable {
    /// Whose image it is.
    public enum Origin: Hashable, Sendable {
        /// This program's; where purgatory's record lies.
        case swkexec(record: PhysicalAddress)
        /// Another loader's: only its elfcorehdr is known.
        case other
    }

    /// Whether the loaded bytes are what they were.
    public enum Digest: Hashable, Sendable {
        /// As purgatory would compute it, and what it would compare with.
        case compared(expected: SHA256Digest, computed: SHA256Digest)
        /// Purgatory does not check (`-i`).
        case unchecked
        /// Another loader's.
        case unknown
    }

    /// As much memory as is read at once.
    public static let portion = ByteCount.mebibytes(1)

    /// Whose it is.
    public let origin: Origin
    /// Where the old kernel enters it; nil where that is not known.
    public let entry: PhysicalAddress?
    /// Whether the kernel was asked to keep it right on hotplug; nil where that is not known.
    public let isHotplug: Bool?
    /// In address order; empty where they are not known.
    public let segments: [InspectedSegment]
    /// The regions that it lies in.
    public let regions: [PhysicalRange]
    /// Whether it is intact.
    public let digest: Digest
    /// Nil where the image has none, or none that can be read.
    public let header: InspectedHeader?
    /// Nil where the image has none, or none that can be read.
    public let tree: InspectedTree?
    /// What the capture kernel will get; nil where that is not known.
    public let commandLine: KernelCommandLine?
    /// The random seed that its kernel will get; nil where that is not known.
    public let randomSeed: [UInt8]?
    /// What purgatory knows of it; nil of an image that has no such record, or a damaged one.
    public let record: PurgatoryRecord?
    /// What is not as it should be.
    public let findings: [Finding]
    /// Records that are no image's any more.
    public let remains: [PhysicalAddress]
}

/// Why it cannot be told what is loaded.
public enum InspectionError: Error, Equatable, CustomStringConvertible {
    /// Memory cannot be read, or not all.
    case memory(CrashMemoryError)
    /// Every byte of the regions that was looked at reads as zero, though an image is loaded.
    case allZero
    /// Neither a record nor an elfcorehdr was found.
    case nothingKnown(rejected: PurgatoryRecordError?)
    /// Elfcorehdrs of several images, and no record tells which one counts.
    case severalHeaders([PhysicalAddress])
    /// Records of several images, and nothing tells which one counts.
    case severalRecords([PhysicalAddress])

    public var description: String {
        switch self {
        case .memory(let error): "\(error)"
        case .allZero:
            "all of the crash kernel's memory reads as zero: this kernel does not map it (arm64 kernels do since Linux 6.4)"
        case .nothingKnown(let rejected?): "what is loaded is not known: there is no elfcorehdr, and of purgatory's record: \(rejected)"
        case .nothingKnown(nil): "what is loaded is not known: its memory has neither purgatory's record nor an elfcorehdr"
        case .severalHeaders(let addresses): "there are several elfcorehdrs, of which one counts: at \(Self.list(addresses))"
        case .severalRecords(let addresses): "there are records of several images, of which one counts: at \(Self.list(addresses))"
        }
    }

    private static func list(_ addresses: [PhysicalAddress]) -> String { addresses.map(\.description).joined(separator: ", ") }
}

extension ImageInspection {
    /// Whether it is this program's.
    public var isOwn: Bool {
        if case .swkexec = origin { return true }
        return false
    }

    /// Whether the crash kernel would start as it was loaded; nil where that is not known.
    public var isIntact: Bool? {
        if findings.contains(where: \.isDamage) { return false }
        return isOwn ? true : nil
    }

    /// Whether what it describes is the machine as it is. A header that cannot be read describes nothing.
    public var isCurrent: Bool {
        !findings.contains { finding in
            if case .headerMalformed = finding { return true }
            return !finding.isDamage
        }
    }

    /// In one sentence.
    public var verdict: String {
        switch (isIntact, isCurrent) {
        case (true?, true): "intact and current"
        case (true?, false): "intact, but not current"
        case (false?, _): "not intact"
        case (nil, true): "current; whether it is intact is not known"
        case (nil, false): "not current; whether it is intact is not known"
        }
    }
}
