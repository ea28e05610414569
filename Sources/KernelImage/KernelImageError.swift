import BinaryLayout
import ByteStorage
import Decompression
import ELF

/// Why a file is not a kernel that can be loaded.
public enum KernelImageError: Error, Equatable, CustomStringConvertible {
    /// The file has no bytes.
    case empty
    /// A bzImage or Image ends before something that its header promises.
    case truncated(TruncatedBytes)
    /// The wrapper cannot be unpacked.
    case wrapper(DecompressionError)
    /// What the file is instead of a bzImage, as far as its first bytes show.
    case foreign(KernelFormat)
    /// The same where an Image is wanted, and whose: "an arm64".
    case notImage(of: String, KernelFormat)
    /// A field of the setup header: its name, its value, its place, what is allowed.
    case field(String, UInt64, at: Int, allowed: String)
    /// An ELF file that is no kernel for this machine.
    case elf(ELFError)
    /// A PE file ends within its headers.
    case truncatedExecutable(TruncatedBytes)
    /// A PE file that lacks the section which a unified kernel image has.
    case noSection(String)
    /// A PE section's contents do not lie within the file.
    case section(String, offset: UInt64, size: UInt64, available: Int)
    /// A format that no kernel is made in any more.
    case dead(KernelFormat)
    /// `-t` names another type than the file has.
    case notOfType(ImageType, KernelFormat)
    /// A multiboot image that cannot be loaded.
    case multiboot(MultibootError)

    public var description: String {
        switch self {
        case .empty: "the file is empty"
        case .truncated(let bytes): "truncated bzImage: \(bytes)"
        case .elf(let error): "\(error)"
        case .truncatedExecutable(let bytes): "truncated PE file: \(bytes)"
        case .noSection(let name): "a PE file (an EFI program) without a section \(name): not a unified kernel image"
        case .section(let name, let offset, let size, let available):
            "PE section \(name.printable) has \(size) bytes at byte 0x\(String(offset, radix: 16)), but there are only \(available) bytes in all"
        case .dead(let format): "\(format.rawValue): a dead format, which is recognised but not loaded"
        case .notOfType(let type, let format): "not of type \(type.rawValue) (-t) but \(format.rawValue)"
        case .wrapper(let error): "\(error)"
        case .foreign(let format): "not an x86 bzImage but \(format.rawValue)"
        case .notImage(_, .uImage): "a U-Boot uImage: only U-Boot reads its header; dumpimage of u-boot-tools takes the kernel out of it"
        case .notImage(let machine, let format):
            "not \(machine) kernel (Image, EFI zboot, ELF, unified kernel image) but \(format.rawValue)"
        case .multiboot(let error): "\(error)"
        case .field(let name, let value, let at, let allowed):
            "\(name) 0x\(String(value, radix: 16)) \(allowed) (at byte 0x\(String(at, radix: 16)))"
        }
    }
}

/// What a file that should be a kernel is, by its first bytes. The raw values are for messages.
public enum KernelFormat: String, Sendable {
    /// HdrS at 0x202.
    case bzImage = "an x86 bzImage"
    /// 0x7f "ELF".
    case elf = "an ELF file"
    /// "ARM" and 0x64 at 0x38.
    case arm64Image = "an arm64 Image"
    /// "RSC" and 0x05 at 0x38.
    case riscvImage = "a riscv Image"
    /// "MZ", and "zimg" at 4.
    case efiZboot = "an EFI zboot image"
    /// "MZ".
    case portableExecutable = "a PE file (an EFI program or a unified kernel image)"
    /// 0x27051956, big-endian.
    case uImage = "a U-Boot uImage"
    /// 0x1b031336, little-endian.
    case nbi = "an NBI network boot image of Etherboot"
    /// "BeoB".
    case beoboot = "a beoboot image of Scyld Beowulf"
    /// "070701" or "070702".
    case cpio = "a cpio archive (an initramfs?)"
    /// None of these.
    case unknown = "a file of unknown format"

    /// The format of a file that begins with these bytes.
    public static func detect(_ bytes: borrowing Span<UInt8>) -> KernelFormat {
        if bytes.matches(Array("HdrS".utf8), at: 0x202), bytes.matches([0x55, 0xaa], at: 0x1fe) { return .bzImage }
        if bytes.matches([0x7f, 0x45, 0x4c, 0x46]) { return .elf }
        if bytes.matches(Array("ARM".utf8) + [0x64], at: 0x38) { return .arm64Image }
        if bytes.matches(Array("RSC".utf8) + [0x05], at: 0x38) { return .riscvImage }
        if bytes.matches(Array("MZ".utf8)) {
            return bytes.matches(Array("zimg".utf8), at: 4) ? .efiZboot : .portableExecutable
        }
        if bytes.matches([0x27, 0x05, 0x19, 0x56]) { return .uImage }
        // The magic 0x1b031336, little-endian (draft-henry-remote-boot-protocol).
        if bytes.matches([0x36, 0x13, 0x03, 0x1b]) { return .nbi }
        if bytes.matches(Array("BeoB".utf8)) { return .beoboot }
        if bytes.matches(Array("070701".utf8)) || bytes.matches(Array("070702".utf8)) { return .cpio }
        return .unknown
    }
}
