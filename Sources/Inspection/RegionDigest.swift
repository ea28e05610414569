import ByteStorage
import ELF
import PhysicalMemory
import SHA256

/// SHA-256 over the crash kernel's memory, by which an image is known again whose segments nobody lists: the kernel's own.
///
/// Left out is what a running kernel may rewrite: from each elfcorehdr on, as much as it wants room for. Remains of older images count
/// like all other bytes, for nobody writes there until the next load.
public enum RegionDigest {
    /// - Parameters:
    ///   - regions: the memory reserved for the crash kernel
    ///   - headerRoom: the bytes that the kernel wants for an elfcorehdr that it rewrites; nil where it rewrites none
    public static func compute(
        _ regions: [PhysicalRange], in memory: some CrashMemory, of machine: Machine, headerRoom: ByteCount?
    ) throws(CrashMemoryError) -> SHA256Digest {
        var holes: [PhysicalRange] = []
        if let room = headerRoom?.adding(ByteCount(ELFHeader.size))?.alignedUp(to: .page) {
            holes = try RegionScan(regions, in: memory, machine: machine).headers.compactMap { PhysicalRange(start: $0, size: room) }
        }
        var digest = SHA256()
        for range in regions.subtracting(holes) {
            for portion in range.portions { digest.update(Bytes(try memory.bytes(portion))) }
        }
        return digest.finish()
    }
}
