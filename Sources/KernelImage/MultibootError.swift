import BinaryLayout
import ELF

/// Why a multiboot image cannot be loaded. Numbers are shown as the header has them.
public enum MultibootError: Error, Equatable, CustomStringConvertible {
    /// No header with the right magic and checksum where the specification wants it.
    case noHeader(version: Int, searched: Int)
    /// The file ends before something that its header promises.
    case truncated(TruncatedBytes)
    /// Its ELF headers are damaged.
    case elf(ELFError)
    /// A field holds a value that is not allowed: its name, its value, its place, what is allowed.
    case field(String, UInt64, at: Int, allowed: String)
    /// The image insists on something that this loader does not offer: what, and its place.
    case unsupported(String, at: Int)
    /// Parts of the image that cannot be where it wants them.
    case layout(String)

    public var description: String {
        switch self {
        case .noHeader(let version, let searched):
            "no Multiboot\(version == 2 ? "2" : "") header with a matching checksum in its first \(searched) bytes"
        case .truncated(let bytes): "truncated multiboot image: \(bytes)"
        case .elf(let error): "multiboot image: \(error)"
        case .field(let name, let value, let at, let allowed):
            "multiboot image: \(name) 0x\(String(value, radix: 16)) \(allowed) (at byte 0x\(String(at, radix: 16)))"
        case .unsupported(let what, let at): "multiboot image: \(what) (at byte 0x\(String(at, radix: 16)))"
        case .layout(let what): "multiboot image: \(what)"
        }
    }
}

extension Span<UInt8> {
    /// The integer of `field` in the header or tag that begins at `base`.
    func read<Value>(multiboot field: IntegerField<Value>, in base: Int) throws(MultibootError) -> Value {
        do throws(TruncatedBytes) { return try read(field, in: base) } catch { throw .truncated(error) }
    }
}
