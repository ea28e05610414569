/// A place in purgatory that the loader writes a value to: an object of its parameter block (PURGATORY_PARAMETER in
/// Purgatory/Common/include/parameters.h). The build reads them from the linked image and declares them, one enum a machine, so a name
/// or a width that purgatory does not have does not compile.
public struct PurgatoryParameter<Value: Sendable>: Sendable {
    /// From the image's start, in bytes.
    public let offset: Int

    init(at offset: Int) { self.offset = offset }
}

/// What every machine's purgatory has (Purgatory/Common/include/parameters.h).
struct CommonParameters: Sendable {
    /// struct purgatory_record
    let record: PurgatoryParameter<InlineArray<736, UInt8>>
}
