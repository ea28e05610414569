import BinaryLayout

/// The file's first bytes.
enum PlanFileHeader {
    static let size = 160
    static let magic = Array("SWKXPLAN".utf8)
    static let currentVersion: UInt32 = 1
    /// The most bytes of header, tables and texts.
    static let headLimit = 64 << 10

    // "SWKXPLAN" at 0.
    static let version = IntegerField<UInt32>("version", at: 8)
    /// Of header, tables and texts: where the segments' bytes begin.
    static let headSize = IntegerField<UInt32>("headSize", at: 12)
    static let fileSize = IntegerField<UInt64>("fileSize", at: 16)
    /// SHA-256 over everything behind it.
    static let sha256 = 24..<56

    /// e_machine.
    static let machine = IntegerField<UInt16>("machine", at: 56)
    static let purpose = IntegerField<UInt16>("purpose", at: 58)
    static let options = IntegerField<UInt32>("options", at: 60)
    static let entry = IntegerField<UInt64>("entry", at: 64)
    static let flags = IntegerField<UInt64>("flags", at: 72)
    /// 0 where there are none.
    static let olderFlags = IntegerField<UInt64>("olderFlags", at: 80)
    /// What purgatory checks, and how many bytes it covers; zeroes where it does not.
    static let digest = 88..<120
    static let coveredBytes = IntegerField<UInt64>("coveredBytes", at: 120)
    static let segmentCount = IntegerField<UInt32>("segmentCount", at: 128)
    static let regionCount = IntegerField<UInt32>("regionCount", at: 132)
    static let factCount = IntegerField<UInt32>("factCount", at: 136)
    static let textSize = IntegerField<UInt32>("textSize", at: 140)
    /// As uname -m prints it.
    static let architecture = TextField("architecture", at: 144)
    static let commandLine = TextField("commandLine", at: 152)

    /// Values of `purpose`.
    static let crash: UInt16 = 1
    static let reboot: UInt16 = 2
    /// Bits of `options`: the image takes updates on hotplug; purgatory checks the digest.
    static let hotplug: UInt32 = 1
    static let checksDigest: UInt32 = 2

    /// KEXEC_SEGMENT_MAX, and as many ranges of memory that segments lie in.
    static let segmentLimit = 16
    static let factLimit = 64
}

enum SegmentEntry {
    static let size = 48
    static let role = TextField("role", at: 0)
    /// 0 covered, 1 not covered since the kernel may rewrite it, 2 not covered since it holds the digest.
    static let digestRule = IntegerField<UInt32>("digestRule", at: 8)
    static let reserved = IntegerField<UInt32>("reserved", at: 12)
    static let memoryStart = IntegerField<UInt64>("memoryStart", at: 16)
    static let memorySize = IntegerField<UInt64>("memorySize", at: 24)
    static let fileOffset = IntegerField<UInt64>("fileOffset", at: 32)
    static let loadedSize = IntegerField<UInt64>("loadedSize", at: 40)
}

/// A range of memory that segments lie in: the crash kernel's region, or a range of RAM.
enum RegionEntry {
    static let size = 16
    static let start = IntegerField<UInt64>("start", at: 0)
    static let regionSize = IntegerField<UInt64>("size", at: 8)
}

enum FactEntry {
    static let size = 48
    /// `Precondition.Rule`
    static let rule = IntegerField<UInt16>("rule", at: 0)
    /// Bit 0: --force overrides it.
    static let attributes = IntegerField<UInt16>("attributes", at: 2)
    static let reserved = IntegerField<UInt32>("reserved", at: 4)
    static let subject = TextField("subject", at: 8)
    static let path = TextField("path", at: 16)
    static let numbers = TextField("numbers", at: 24)
    static let selector = TextField("selector", at: 32)
    static let expected = TextField("expected", at: 40)

    static let overridable: UInt16 = 1
}

/// A text: two integers of 32 bits, its offset in the texts and its size.
struct TextField {
    let offset: IntegerField<UInt32>
    let size: IntegerField<UInt32>

    init(_ name: StaticString, at offset: Int) {
        self.offset = IntegerField(name, at: offset)
        size = IntegerField(name, at: offset + 4)
    }
}
