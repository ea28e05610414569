import PhysicalMemory
import LoadPlan
import SHA256

/// What is not as it should be with the loaded image.
public enum Finding: Hashable, Sendable {
    /// The loaded bytes are not those that were loaded.
    case segmentChanged(SegmentRole, PhysicalRange)
    /// Purgatory's record, by which it checks the image, was written over: where it lies.
    case recordDamaged(PhysicalAddress)
    /// The digest does not fit, though each segment's checksum does.
    case digestDiffers
    /// The elfcorehdr cannot be read as one, and why.
    case headerMalformed(PhysicalAddress, String)
    /// RAM that the elfcorehdr does not describe.
    case memoryMissing(PhysicalRange)
    /// The elfcorehdr describes it, and it is no RAM any more.
    case memoryGone(PhysicalRange)
    /// Possible CPUs, by their places in the list of possible CPUs, whose registers the elfcorehdr does not point to.
    case notesMissing([Int])
    /// The elfcorehdr does not point to where VMCOREINFO is.
    case vmcoreinfoMoved(PhysicalRange)
    /// The kernel was asked to keep the elfcorehdr right, and there is no room for one more range.
    case headerFull(PhysicalRange)
    /// The device tree cannot be read as one, and why.
    case treeMalformed(PhysicalAddress, String)
    /// CPUs of this machine that the device tree does not have, by the names of their nodes.
    case treeCPUsMissing([String])

    /// The word for it in the JSON form; it does not change.
    public var id: String {
        switch self {
        case .segmentChanged: "segment-changed"
        case .recordDamaged: "record-damaged"
        case .digestDiffers: "digest-differs"
        case .headerMalformed: "elfcorehdr-malformed"
        case .memoryMissing: "memory-missing"
        case .memoryGone: "memory-gone"
        case .notesMissing: "cpu-notes-missing"
        case .vmcoreinfoMoved: "vmcoreinfo-moved"
        case .headerFull: "elfcorehdr-full"
        case .treeMalformed: "fdt-malformed"
        case .treeCPUsMissing: "fdt-cpus-missing"
        }
    }

    /// Whether the image was changed, as opposed to the machine.
    public var isDamage: Bool {
        switch self {
        case .segmentChanged, .recordDamaged, .digestDiffers, .headerMalformed, .treeMalformed: true
        case .memoryMissing, .memoryGone, .notesMissing, .vmcoreinfoMoved, .headerFull, .treeCPUsMissing: false
        }
    }

    /// The memory that it is about; nil where it is about none.
    public var range: PhysicalRange? {
        switch self {
        case .segmentChanged(_, let range), .memoryMissing(let range), .memoryGone(let range), .vmcoreinfoMoved(let range),
            .headerFull(let range):
            range
        case .recordDamaged, .digestDiffers, .headerMalformed, .notesMissing, .treeMalformed, .treeCPUsMissing: nil
        }
    }

    /// One line for people.
    public var text: String {
        switch self {
        case .segmentChanged(let role, let range):
            "\(role.rawValue) at \(range.start) is not what was loaded: the crash kernel will not start"
        case .recordDamaged(let address): "purgatory's record at \(address) was written over: the crash kernel will not start"
        case .digestDiffers: "the digest does not fit, though no segment changed: the crash kernel will not start"
        case .headerMalformed(let address, let why): "elfcorehdr at \(address): \(why): there will be no /proc/vmcore"
        case .memoryMissing(let range): "memory \(range) is missing from the elfcorehdr: it will not be in the dump"
        case .memoryGone(let range): "memory \(range) is gone and still in the elfcorehdr: reading it in the dump may fail"
        case .notesMissing(let cpus): "\(Self.list(cpus)) missing from the elfcorehdr: registers will not be in the dump"
        case .vmcoreinfoMoved(let range): "VMCOREINFO at \(range) is missing from the elfcorehdr: dump tools will not know the kernel"
        case .headerFull(let range): "elfcorehdr at \(range.start) is full: the kernel cannot add the next range of memory"
        case .treeMalformed(let address, let why): "fdt at \(address): \(why): the crash kernel will not start"
        case .treeCPUsMissing(let names):
            "\(Self.list(names)) missing from the device tree: a crash on it cannot start the crash kernel"
        }
    }

    /// What to do.
    public var remedy: String {
        switch self {
        case .headerFull: "load the image again: it gets more room"
        case .segmentChanged, .recordDamaged, .digestDiffers, .headerMalformed, .treeMalformed:
            "load the image again, and find out who writes to its memory"
        case .memoryMissing, .memoryGone, .notesMissing, .vmcoreinfoMoved, .treeCPUsMissing: "load the image again"
        }
    }

    private static let shown = 4

    private static func list(_ names: [String]) -> String {
        names.prefix(shown).joined(separator: ", ") + (names.count > shown ? " and \(names.count - shown) more" : "")
    }

    /// "CPU 3 is" or "CPUs 2-5 and 7 are".
    private static func list(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = runs.last, number > 0, last.upperBound == number - 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        let words = runs.prefix(shown).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        let more = runs.count > shown ? " and more" : ""
        return numbers.count == 1 ? "CPU \(words[0]) is" : "CPUs \(words.joined(separator: ", "))\(more) are"
    }
}
