import ByteStorage
import HostState
import PhysicalMemory

/// Where the running kernel would enter its crash image, out of the kernel's own memory: kexec_crash_image points to a struct kimage
/// (include/linux/kexec.h), whose fourth field is `start`.
public enum LiveEntry {
    private static let symbol = Array(" kexec_crash_image".utf8)
    private static let name = "proc/kallsyms"
    private static let chunk = 64 << 10
    private static let startOffset: UInt64 = 24
    /// More than any kernel's list has; the file is read piece by piece.
    private static let sizeLimit = 64 << 20

    /// Nil where it is not known: no such symbol, its address is hidden, or what stands there lies in no crash region.
    public static func read(_ memory: KernelCoreMemory, in root: SystemRoot, regions: [PhysicalRange]) -> PhysicalAddress? {
        guard let variable = address(in: root), variable != 0,
            let image = memory.bytes(atVirtual: variable, count: 8).map(number), image != 0,
            let start = memory.bytes(atVirtual: image &+ startOffset, count: 8).map(number)
        else { return nil }
        let entry = PhysicalAddress(start)
        return regions.contains { $0.contains(entry) } ? entry : nil
    }

    private static func number(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    /// "ffffffff8d6b1a70 B kexec_crash_image", a line a symbol.
    private static func address(in root: SystemRoot) -> UInt64? {
        guard let file = try? PositionedFile(root.file(name)) else { return nil }
        var rest: [UInt8] = []
        var offset = 0
        while offset < sizeLimit, let piece = try? file.bytes(at: UInt64(offset), count: chunk), !piece.isEmpty {
            offset += piece.count
            rest += piece
            let lines = rest.split(separator: 0x0a, omittingEmptySubsequences: false)
            for line in lines.dropLast() where line.count > symbol.count && line.suffix(symbol.count).elementsEqual(symbol) {
                return UInt64(String(decoding: line.prefix { $0 != 0x20 }, as: UTF8.self), radix: 16)
            }
            rest = Array((lines.last ?? []).suffix(chunk))
        }
        return nil
    }
}
