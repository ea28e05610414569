import HostState
import PhysicalMemory

/// The crash kernel's region as ppc64 kernels write it into the device tree: two properties, each
/// one big-endian number of 64 bits (arch/powerpc/kexec/core.c).
enum DeviceTreeRegion {
    private static let base = "proc/device-tree/chosen/linux,crashkernel-base"
    private static let size = "proc/device-tree/chosen/linux,crashkernel-size"

    static func read(_ root: SystemRoot) -> Reading<PhysicalRange> {
        .read(base, in: root) { name throws(HostStateError) in
            guard let start = try number(name, root), let size = try number(size, root) else { return nil }
            guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
                throw .contradiction(root.file(name), "\(size) bytes at \(start.hex) are no range of memory")
            }
            return range
        }
    }

    private static func number(_ name: String, _ root: SystemRoot) throws(HostStateError) -> UInt64? {
        guard let bytes = try root.read(name) else { return nil }
        guard bytes.count == 8 else {
            throw .contradiction(root.file(name), "\(bytes.count) bytes are no number of 8 bytes")
        }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
