import ByteStorage
import ELF

/// The types of images that `-t` can name, by the names that kexec-tools has for them.
public enum ImageType: String, Sendable, CaseIterable {
    /// A file with a Multiboot2 header.
    case multiboot2 = "multiboot2-x86"
    /// An ELF file of 64 bits: a vmlinux, or another program.
    case elf64 = "elf-x86_64"
    /// A file with a Multiboot header.
    case multiboot = "multiboot-x86"
    /// An ELF file of 32 bits.
    case elf32 = "elf-x86"
    /// A bzImage with the 64-bit entry point.
    case bzImage64 = "bzImage64"
    /// A bzImage entered in 32-bit mode.
    case bzImage = "bzImage"
    /// Scyld Beowulf's boot image, which is refused.
    case beoboot = "beoboot-x86"
    /// Etherboot's network boot image, which is refused.
    case nbi = "nbi-x86"
    /// A PE file with sections .linux, .initrd, .cmdline.
    case unifiedKernelImage = "uki"
    /// arm64's vmlinux.
    case arm64ELF = "vmlinux"
    /// The raw Image of arm64 and riscv.
    case rawImage = "Image"
    /// U-Boot's image, which is refused.
    case uImage
    /// An EFI program that unpacks a kernel of arm64 or riscv.
    case efiZboot = "vmlinuz"
    /// ppc64le's vmlinux.
    case ppc64ELF = "elf-ppc64"
    /// riscv's vmlinux.
    case riscvELF = "elf-riscv"

    /// Throws where a file is of another type. What is wrong with a file of the right type is the error of
    /// that type's own reader.
    public func check(_ kernel: KernelFile) throws(KernelImageError) {
        let file = kernel.bytes
        let format = kernel.isEFIZboot ? .efiZboot : file.withSpan { KernelFormat.detect($0) }
        let isOfType: Bool =
            switch self {
            case .elf64: format == .elf && file.withSpan { $0.count > 4 && $0[4] == ELFClass.elf64.rawValue }
            case .elf32: format == .elf && file.withSpan { $0.count > 4 && $0[4] == ELFClass.elf32.rawValue }
            case .bzImage64: format == .bzImage && BzImage.bestEntry(of: file) == .bits64
            case .bzImage: format == .bzImage
            case .beoboot: format == .beoboot
            case .nbi: format == .nbi
            case .unifiedKernelImage: format == .portableExecutable
            case .arm64ELF: format == .elf && Self.machine(file) == ELFMachine.aarch64
            case .ppc64ELF: format == .elf && Self.machine(file) == ELFMachine.ppc64
            case .riscvELF: format == .elf && Self.machine(file) == ELFMachine.riscv
            case .rawImage: format == .arm64Image || format == .riscvImage
            case .efiZboot: format == .efiZboot
            case .uImage: format == .uImage
            case .multiboot: file.withSpan { MultibootHeader.find(in: $0) != nil }
            case .multiboot2: file.withSpan { Multiboot2Header.find(in: $0) != nil }
            }
        guard isOfType else { throw .notOfType(self, format) }
    }

    /// e_machine; nil where the header is none.
    private static func machine(_ file: Bytes) -> UInt16? {
        file.withSpan { try? ELFHeader($0) }?.machine
    }
}
