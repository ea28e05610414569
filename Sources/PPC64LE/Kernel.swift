import BinaryLayout
import ByteStorage
import ELF
import KernelImage
import LoadPlan
import PhysicalMemory

/// A kernel as this architecture loads it: an ELF file, vmlinux, entered at its first byte. It runs
/// wherever it is loaded, or moves itself to address 0.
struct Kernel {
    /// The bytes in front of it that other CPUs wait in (arch/powerpc/kernel/head_64.S, first_256B).
    static let headSize = 0x100
    /// __run_at_load: 1 for a kernel that stays where it was loaded.
    private static let runAtLoad = IntegerField<UInt32>("__run_at_load", at: 0x5c)

    private static let target = ELFKernel.Target(
        "a little-endian ppc64", machines: [.elf64: Machine.ppc64le.elfMachine], byteOrder: Machine.ppc64le.byteOrder,
        pageSize: Layout.pageSize)

    let image: ELFKernel

    init(_ request: LoadRequest) throws(PlanError) {
        do throws(KernelImageError) {
            image = try ELFKernel(request.kernel.contents.bytes, for: Self.target)
        } catch {
            throw .kernel(request.kernel.name, error)
        }
        guard image.entry == .zero, (image.pieces.first?.contents.count ?? 0) >= Self.headSize else {
            throw .unsuitable(
                request.kernel.name, "its entry point is not the first of its bytes: load the vmlinux, not a zImage made of it")
        }
    }

    /// The first 256 bytes but for the first instruction, told whether the kernel stays where it was loaded.
    func head(staysInPlace: Bool) throws(PlanError) -> InlineArray<252, UInt8> {
        do throws(TruncatedBytes) {
            var head = try (image.pieces.first?.contents ?? Bytes([])).withSpan { (bytes) throws(TruncatedBytes) in
                try bytes.copy(from: 0, length: Self.headSize, what: "the kernel's head")
            }
            if staysInPlace { try head.write(1, to: Self.runAtLoad) }
            return InlineArray { head[4 + $0] }
        } catch {
            throw .rule(.kernel, "\(error)")
        }
    }
}
