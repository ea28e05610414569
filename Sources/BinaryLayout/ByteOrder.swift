/// The order of the bytes of an integer in a file or in memory.
public enum ByteOrder: Hashable, Sendable {
    /// The least significant byte first.
    case littleEndian
    /// The most significant byte first.
    case bigEndian
}
