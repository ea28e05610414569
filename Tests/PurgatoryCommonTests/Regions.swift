import CPurgatoryCommon
import CSHA256

/// A full list: the given entries and unused ones.
func regionList(_ regions: [(start: UInt64, length: UInt64)]) -> [purgatory_region] {
    var list = [purgatory_region](
        repeating: purgatory_region(), count: Int(PURGATORY_SEGMENT_LIMIT))
    for (index, region) in regions.enumerated() {
        list[index] = purgatory_region(start: region.start, length: region.length)
    }
    return list
}

func shapeList(_ shapes: [purgatory_shape]) -> [purgatory_shape] {
    shapes
        + [purgatory_shape](
            repeating: purgatory_shape(), count: Int(PURGATORY_SEGMENT_LIMIT) - shapes.count)
}

/// SHA-256 of bytes that lie in one piece.
func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var context = sha256_context()
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
    unsafe sha256_init(&context, SHA256_PORTABLE)
    unsafe sha256_update(&context, bytes, bytes.count)
    unsafe sha256_final(&context, &digest)
    return digest
}
