import BinaryLayout
import PhysicalMemory

/// Where an image that is not to be loaded as ELF wants its bytes: the address fields of the
/// Multiboot header (flag bit 16, the "a.out kludge") and the address tag of the Multiboot2 header.
struct MultibootAddresses: Hashable {
    /// load_addr of Multiboot2: the file is loaded from its first byte.
    private static let fromFileStart: UInt32 = .max

    /// Where the header itself comes to lie; it ties addresses to places in the file.
    let headerAddress: UInt32
    let loadAddress: UInt32
    /// The end of what is loaded; 0 for the end of the file.
    let loadEndAddress: UInt32
    /// The end of what is zeroed; 0 where nothing is.
    let bssEndAddress: UInt32
    /// Where the fields stand in the file, for messages.
    let place: Int

    /// - Parameter headerOffset: where the header stands in the file
    func piece(headerOffset: Int, fileSize: Int) throws(MultibootError) -> MultibootPiece {
        let header = UInt64(headerAddress)
        let offset: UInt64
        let load: UInt64
        if loadAddress == Self.fromFileStart {
            guard header >= UInt64(headerOffset) else {
                throw field("header_addr", headerAddress, "is below the header's place in the file")
            }
            (offset, load) = (0, header - UInt64(headerOffset))
        } else {
            load = UInt64(loadAddress)
            guard load <= header else {
                throw field("load_addr", loadAddress, "is above header_addr 0x\(String(headerAddress, radix: 16))")
            }
            guard header - load <= UInt64(headerOffset) else {
                throw field("load_addr", loadAddress, "means a place before the file's first byte")
            }
            offset = UInt64(headerOffset) - (header - load)
        }
        let rest = UInt64(fileSize) - min(offset, UInt64(fileSize))
        var length = rest
        if loadEndAddress != 0 {
            guard UInt64(loadEndAddress) > load else { throw field("load_end_addr", loadEndAddress, "is not above load_addr") }
            length = UInt64(loadEndAddress) - load
            guard length <= rest else {
                throw .truncated(
                    TruncatedBytes(
                        what: "the image up to load_end_addr", offset: Int(clamping: offset), needed: Int(clamping: length),
                        available: fileSize))
            }
        }
        var memorySize = length
        if bssEndAddress != 0 {
            guard UInt64(bssEndAddress) >= load, UInt64(bssEndAddress) - load >= length else {
                throw field("bss_end_addr", bssEndAddress, "is below the end of what is loaded")
            }
            memorySize = UInt64(bssEndAddress) - load
        }
        return try MultibootPiece(address: load, offset: offset, fileSize: length, memorySize: memorySize, of: fileSize)
    }

    private func field(_ name: String, _ value: UInt32, _ allowed: String) -> MultibootError {
        .field(name, UInt64(value), at: place, allowed: allowed)
    }
}
