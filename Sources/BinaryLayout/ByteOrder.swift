/// The order of the bytes of an integer in a file or in memory.
public enum ByteOrder: Hashable, Sendable {
    case littleEndian
    case bigEndian
}
