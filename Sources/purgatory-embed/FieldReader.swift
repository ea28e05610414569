/// Little-endian fields at any offset of a file.
struct FieldReader {
    let bytes: [UInt8]

    func read(at offset: UInt64, size: Int) throws(ToolError) -> UInt64 {
        guard bytes.count >= size, offset <= UInt64(bytes.count - size) else {
            throw ToolError("cut off before byte \(offset)")
        }
        let start = Int(offset)
        return bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    func readString(at offset: UInt64) throws(ToolError) -> String {
        guard offset < UInt64(bytes.count),
            let end = bytes[Int(offset)...].firstIndex(of: 0)
        else { throw ToolError("no string at byte \(offset)") }
        return String(decoding: bytes[Int(offset)..<end], as: UTF8.self)
    }
}
