import PhysicalMemory

/// The PC's memory map as the kernel takes it from a boot loader
/// (arch/x86/include/uapi/asm/setup_data.h, struct boot_e820_entry).
struct E820Entry: Hashable {
    enum Kind: UInt32 {
        case ram = 1
        case reserved = 2
        case acpi = 3
        case acpiNonVolatile = 4
        case unusable = 5
        case persistent = 7
        case protected = 12
        case softReserved = 0xefff_ffff
    }

    /// Address, size and type: 8 + 8 + 4 bytes, no padding.
    static let size = 20

    let range: PhysicalRange
    let kind: Kind

    func append(to bytes: inout [UInt8]) {
        bytes.append(range.start.rawValue)
        bytes.append(range.size.rawValue)
        bytes.append(kind.rawValue)
    }
}

extension E820Entry.Kind {
    /// The type of a resource that is not RAM, by the name that /proc/iomem has for it
    /// (arch/x86/kernel/e820.c, e820_type_to_string). Nil for RAM and for any other name: in /proc/iomem that is a device, in firmware's map
    /// memory of a kind that nobody here knows.
    init?(resourceName name: String) {
        switch name {
        case "Reserved", "reserved": self = .reserved
        // A type that the kernel has no name for is to be taken for reserved (ACPI Specification, address range types).
        case "Unknown E820 type": self = .reserved
        case "ACPI Tables": self = .acpi
        case "ACPI Non-volatile Storage": self = .acpiNonVolatile
        case "Unusable memory": self = .unusable
        case "Persistent Memory": self = .persistent
        case "Persistent Memory (legacy)": self = .protected
        case "Soft Reserved": self = .softReserved
        default: return nil
        }
    }
}
