import CPurgatoryCommon
import CSHA256

/// A segment that the digest covers.
func digested(_ start: UInt64, _ length: UInt64, role: purgatory_role = PURGATORY_ROLE_KERNEL, checksum: UInt64 = 0) -> purgatory_segment {
    purgatory_segment(
        start: start, memory_size: length, loaded_size: length, checksum: checksum, role: role.rawValue,
        check: PURGATORY_CHECK_DIGEST.rawValue)
}

/// A segment whose shape is checked.
func shaped(
    _ start: UInt64, _ size: UInt64, check: UInt32, role: purgatory_role = PURGATORY_ROLE_ELFCOREHDR
) -> purgatory_segment {
    purgatory_segment(start: start, memory_size: size, loaded_size: size, checksum: 0, role: role.rawValue, check: check)
}

/// A record with these segments, and unused entries behind them.
@safe func record(_ segments: [purgatory_segment], digest: [UInt8], machine: UInt32 = 62) -> purgatory_record {
    var record = purgatory_record()
    record.machine = machine
    unsafe withUnsafeMutableBytes(of: &record.segments) { unsafe segments.withUnsafeBytes(unsafe $0.copyMemory) }
    unsafe withUnsafeMutableBytes(of: &record.digest) { unsafe digest.withUnsafeBytes(unsafe $0.copyMemory) }
    return record
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
