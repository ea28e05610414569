import BinaryLayout
import ByteStorage
import Decompression
import ELF

/// Why a file is not a kernel that can be loaded.
public enum KernelImageError: Error, Equatable, CustomStringConvertible {
    case empty
    case truncated(TruncatedBytes)
    case wrapper(DecompressionError)
    /// What the file is instead, as far as it can be told.
    case foreign(KernelFormat)
    /// The same where an arm64 kernel is wanted.
    case notARM64(KernelFormat)
    /// A field of the setup header: its name, its value, its place, what is allowed.
    case field(String, UInt64, at: Int, allowed: String)
    case elf(ELFError)
    case truncatedExecutable(TruncatedBytes)
    /// A PE file that lacks the section which a unified kernel image has.
    case noSection(String)
    /// A PE section's contents do not lie within the file.
    case section(String, offset: UInt64, size: UInt64, available: Int)
    /// A format that no kernel is made in any more.
    case dead(KernelFormat)
    /// `-t` names another type than the file has.
    case notOfType(ImageType, KernelFormat)
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
        case .notARM64(.uImage): "a U-Boot uImage: only U-Boot reads its header; dumpimage of u-boot-tools takes the kernel out of it"
        case .notARM64(let format): "not an arm64 kernel (Image, EFI zboot, ELF, unified kernel image) but \(format.rawValue)"
        case .multiboot(let error): "\(error)"
        case .field(let name, let value, let at, let allowed):
            "\(name) 0x\(String(value, radix: 16)) \(allowed) (at byte 0x\(String(at, radix: 16)))"
        }
    }
}

/// What a file that should be a kernel is, told by its first bytes.
public enum KernelFormat: String, Sendable {
    case bzImage = "an x86 bzImage"
    case elf = "an ELF file"
    case arm64Image = "an arm64 Image"
    case efiZboot = "an EFI zboot image"
    case portableExecutable = "a PE file (an EFI program or a unified kernel image)"
    case uImage = "a U-Boot uImage"
    case nbi = "an NBI network boot image of Etherboot"
    case beoboot = "a beoboot image of Scyld Beowulf"
    case cpio = "a cpio archive (an initramfs?)"
    case unknown = "a file of unknown format"

    public static func detect(_ bytes: borrowing Span<UInt8>) -> KernelFormat {
        if bytes.matches(Array("HdrS".utf8), at: 0x202), bytes.matches([0x55, 0xaa], at: 0x1fe) { return .bzImage }
        if bytes.matches([0x7f, 0x45, 0x4c, 0x46]) { return .elf }
        if bytes.matches(Array("ARM".utf8) + [0x64], at: 0x38) { return .arm64Image }
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
