import BinaryLayout
import ByteStorage
import ELF
import KernelImage
import LoadPlan
import PhysicalMemory

/// A Linux kernel that takes boot_params, whatever kind of file it came in: what is loaded, where
/// it may be, and how it is entered.
struct Kernel {
    enum Place {
        case anywhere
        /// There if that is free, else anywhere.
        case preferably(PhysicalAddress)
        case only(PhysicalAddress)

        var isAnywhere: Bool {
            if case .anywhere = self { true } else { false }
        }
    }

    let entry: KernelEntry
    /// The entry point, from the kernel's start.
    let entryOffset: ByteCount
    let pieces: [KernelPiece]
    /// From its start to its end, in whole pages.
    let memorySize: ByteCount
    let alignment: ByteCount
    let place: Place
    /// Entered lower, it moves itself up to here first, over whatever lies there.
    let lowestPlace: PhysicalAddress
    /// As it stands in boot_params from 0x1f1 on.
    let setupHeader: [UInt8]
    /// It and everything it reads may lie above 4 GiB.
    let canBeAbove4G: Bool
    let highestInitrdAddress: PhysicalAddress
    let commandLineLimit: Int
    /// It reads acpi_rsdp_addr of boot_params.
    let readsRSDP: Bool
    /// It takes the EFI runtime map from the loader.
    let takesEFI: Bool
    /// It can be entered while five-level paging is on; nil where its file does not show it.
    let takesFiveLevelPaging: Bool?
    /// It uses five levels of page tables itself, and so memory above 64 TiB.
    let usesFiveLevelPaging: Bool

    /// - Parameter wanted: how it is to be entered; nil for the best way that the file has
    init(_ request: LoadRequest, _ wanted: KernelEntry?) throws(PlanError) {
        let file = request.kernel.contents.bytes
        do throws(KernelImageError) {
            switch file.withSpan({ KernelFormat.detect($0) }) {
            case .elf: self.init(try ELFKernel(file, for: .x86))
            case .nbi: throw .dead(.nbi)
            case .beoboot: throw .dead(.beoboot)
            default: self.init(try BzImage(file, entry: wanted ?? BzImage.bestEntry(of: file)))
            }
        } catch {
            throw .kernel(request.kernel.name, error)
        }
        guard wanted == nil || wanted == entry else {
            throw .entry(
                "--entry-32bit", "\(request.kernel.name) is a 64-bit ELF kernel, which has no other entry point than the 64-bit one")
        }
    }

    private init(_ image: BzImage) {
        entry = image.entry
        entryOffset = image.entry == .bits64 ? BzImage.entryOffset : .zero
        pieces = [KernelPiece(offset: .zero, memorySize: image.memorySize, contents: image.protectedMode)]
        memorySize = image.memorySize
        alignment = image.alignment
        // Entered in 64-bit mode it moves away from anywhere. The 32-bit way is the older one, and
        // the kernel's own address is what it has been tried with most.
        if !image.isRelocatable {
            place = .only(image.preferredAddress)
        } else {
            place = image.entry == .bits64 ? .anywhere : Self.preferredPlace(of: image).map { .preferably($0) } ?? .anywhere
        }
        lowestPlace = Self.lowestPlace(of: image)
        setupHeader = image.setupHeader
        canBeAbove4G = image.entry == .bits64 && image.loadFlags.contains(.canBeLoadedAbove4G)
        highestInitrdAddress = image.highestInitrdAddress
        commandLineLimit = image.commandLineLimit
        // acpi_rsdp_addr is part of boot_params since protocol 2.14.
        readsRSDP = image.version >= 0x020e
        takesEFI = image.loadFlags.contains(.efiKexec)
        takesFiveLevelPaging = image.entry != .bits64 || image.loadFlags.contains(.fiveLevel)
        usesFiveLevelPaging = image.loadFlags.contains(.fiveLevelEnabled)
    }

    private init(_ image: ELFKernel) {
        let is64Bit = image.elfClass == .elf64
        entry = is64Bit ? .bits64 : .bits32
        entryOffset = image.entry
        pieces = image.pieces
        memorySize = image.memorySize
        alignment = image.alignment
        place = image.isRelocatable ? .anywhere : .only(image.start)
        lowestPlace = Layout.lowestKernel
        setupHeader = SyntheticSetupHeader.bytes
        // Whether it can be is written in the xloadflags of a bzImage alone.
        canBeAbove4G = false
        highestInitrdAddress = SyntheticSetupHeader.highestInitrdAddress
        commandLineLimit = SyntheticSetupHeader.commandLineLimit
        readsRSDP = true
        takesEFI = is64Bit
        takesFiveLevelPaging = is64Bit ? nil : true
        usesFiveLevelPaging = false
    }
}

extension Kernel {
    /// A relocatable bzImage runs nowhere below its pref_address, in whichever mode it is entered (LOAD_PHYSICAL_ADDR in
    /// arch/x86/boot/compressed/head_64.S and head_32.S; arch/x86/kernel/kexec-bzimage64.c begins there, too).
    static func lowestPlace(of image: BzImage) -> PhysicalAddress {
        image.isRelocatable ? max(Layout.lowestKernel, image.preferredAddress) : Layout.lowestKernel
    }

    /// Nil where the kernel would move from there to the next multiple of its alignment.
    static func preferredPlace(of image: BzImage) -> PhysicalAddress? {
        image.preferredAddress.isAligned(to: image.alignment) ? image.preferredAddress : nil
    }

    /// Where there is no memory at all for it.
    static func isPlacedTooHigh(_ request: LoadRequest, _ lowest: PhysicalAddress) -> PlanError {
        .unsuitable(request.kernel.name, "runs nowhere below \(lowest) (pref_address), and cannot be entered that high")
    }
}

/// The setup header for a kernel whose file has none: what the real-mode code of a bzImage of
/// protocol 2.15 would have there (Documentation/arch/x86/boot.rst).
enum SyntheticSetupHeader {
    /// COMMAND_LINE_SIZE (arch/x86/include/asm/setup.h) without the NUL.
    static let commandLineLimit = 2047
    /// What kernels' own headers have.
    static let highestInitrdAddress = PhysicalAddress(0x7fff_ffff)

    private static let bootFlag = IntegerField<UInt16>("boot_flag", at: 0x1fe)
    private static let header = IntegerField<UInt32>("header", at: 0x202)
    private static let end = SetupHeader.initSize.offset + SetupHeader.initSize.width

    static let bytes: [UInt8] = {
        var page = [UInt8](repeating: 0, count: end)
        do throws(TruncatedBytes) {
            try page.write(0xaa55, to: bootFlag)
            try page.write(UInt8(end - 0x202), to: SetupHeader.jumpOffset)
            try page.write(0x5372_6448, to: header)  // "HdrS"
            try page.write(0x020f, to: SetupHeader.version)
            try page.write(UInt32(highestInitrdAddress.rawValue), to: SetupHeader.initrdAddrMax)
            try page.write(UInt32(commandLineLimit), to: SetupHeader.cmdlineSize)
        } catch {
            return []  // every field lies within the page
        }
        return Array(page[SetupHeader.start...])
    }()
}
