import BinaryLayout
import ELF
import PhysicalMemory

/// The program that runs between two kernels: linked at build time into one position-independent
/// image, placed by copying, controlled by the values of its parameters.
///
/// There is one for each machine, `PurgatoryImage.x86_64` and so on, which the build writes (PurgatoryBuilder), and beside it an enum of
/// its parameters, `PurgatoryX86_64`.
public struct PurgatoryImage: Sendable {
    /// The machine that it was built for.
    public let machine: Machine
    /// The bytes to load, from the image's start.
    public private(set) var bytes: [UInt8]
    /// What it occupies, its stack and other zeroed memory included, in whole pages of 4 KiB.
    public let memorySize: ByteCount
    /// Where it is entered, from its start.
    public let entry: ByteCount

    private let common: CommonParameters

    /// The image as it was linked. purgatory-embed has made sure that the entry and every parameter lie in its bytes.
    /// - Parameters:
    ///   - memorySize: p_memsz
    ///   - text: its bytes, as purgatory-embed writes them into a source file
    init(machine: Machine, entry: UInt64, memorySize: UInt64, common: CommonParameters, text: String) {
        self.machine = machine
        self.entry = ByteCount(entry)
        self.memorySize = ByteCount(memorySize).alignedUp(to: .page) ?? .zero
        self.common = common
        bytes = [UInt8](embedded: text)
    }

    /// Sets a parameter, in the machine's byte order.
    public mutating func set<Value: FixedWidthInteger & UnsignedInteger>(_ parameter: PurgatoryParameter<Value>, to value: Value) {
        var bytes: [UInt8] = []
        bytes.append(value, order: machine.byteOrder)
        write(bytes, at: parameter.offset)
    }

    /// Sets a parameter that is a run of bytes.
    public mutating func set<let count: Int>(
        _ parameter: PurgatoryParameter<InlineArray<count, UInt8>>, to value: InlineArray<count, UInt8>
    ) {
        write(value.indices.map { value[$0] }, at: parameter.offset)
    }

    private mutating func write(_ value: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + value.count, with: value)
    }
}

// MARK: - The parameters that every machine has

extension PurgatoryImage {
    /// What purgatory does when a check fails and it has said so (enum purgatory_on_mismatch).
    public enum MismatchAction: UInt32, Hashable, Sendable {
        case halt = 0
        case reset = 1
    }

    /// Where the record lies, from the image's start.
    public var recordOffset: ByteCount { ByteCount(common.record.offset) }

    /// Tells purgatory what is loaded, and has it check that.
    /// - Parameter start: where the image itself will lie
    public mutating func setRecord(_ record: PurgatoryRecord, imageAt start: PhysicalAddress) throws(PurgatoryError) {
        guard record.segments.count <= PurgatoryRecord.maximumSegments else { throw .tooManySegments(record.segments.count) }
        guard let address = start.advanced(by: recordOffset) else { throw .beyondAddresses(start) }
        write(record.bytes(at: address, of: machine), at: common.record.offset)
    }
}
