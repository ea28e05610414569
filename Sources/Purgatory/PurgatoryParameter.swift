/// A place in purgatory that the loader writes a value to: an object of its parameter block (PURGATORY_PARAMETER in
/// Purgatory/Common/include/parameters.h). The build reads them from the linked image and declares them, one enum a machine, so a name
/// or a width that purgatory does not have does not compile.
public struct PurgatoryParameter<Value: Sendable>: Sendable {
    /// From the image's start, in bytes.
    public let offset: Int

    init(at offset: Int) { self.offset = offset }
}

/// What every machine's purgatory checks (Purgatory/Common/include/parameters.h), with the widths that `setChecks` writes.
struct ChecksParameters: Sendable {
    let digest: PurgatoryParameter<InlineArray<32, UInt8>>
    /// 16 of struct purgatory_region.
    let regions: PurgatoryParameter<InlineArray<256, UInt8>>
    /// 16 of struct purgatory_shape.
    let shapes: PurgatoryParameter<InlineArray<384, UInt8>>
    let checkEnabled: PurgatoryParameter<UInt32>
    /// enum purgatory_on_mismatch
    let onMismatch: PurgatoryParameter<UInt32>
}
