import HostState
import PhysicalMemory
import TestSupport

extension FuzzTarget {
    /// The text of /proc/iomem, and arithmetic on its ranges.
    static let iomem = FuzzTarget(name: "iomem") {
        [
            try Fixture.bios.bytes("proc/iomem"), try Fixture.efi.bytes("proc/iomem"),
            Array(SyntheticSysroot().iomem.map(\.line).joined().utf8),
        ]
    } read: { bytes in
        attempt {
            let memory = try IOMemory(bytes, from: "iomem")
            let ram = memory.dumpedRAM.normalized()
            let rest = ram.subtracting(memory.crashKernel)
            for (range, next) in zip(rest, rest.dropFirst()) { promise(range.end <= next.start, "ranges are in order and disjoint") }
            for range in rest {
                promise(ram.contains { $0.contains(range) }, "what is left was there")
                promise(!memory.crashKernel.contains { $0.overlaps(range) }, "what was taken out is gone")
            }
            var free = FreeMemory(rest)
            for size in [ByteCount.page, .mebibytes(1), .mebibytes(4095)] {
                for taken in [free.takeHighest(size: size, alignment: size), free.takeLowest(size: size, alignment: .page)] {
                    guard let taken else { continue }
                    promise(taken.size == size && rest.contains { $0.contains(taken) }, "what is taken was free")
                }
            }
        }
    }
}
