import BinaryLayout
import ByteStorage

/// The sections of a PE file, which every EFI program is (Microsoft's PE/COFF specification).
struct PortableExecutable {
    /// Its limit on sections; Windows' own loader has it, too.
    static let maximumSections = 96

    struct Section {
        /// Up to eight bytes, without the NULs that fill them up.
        let name: String
        /// Its bytes in the file: as many as are there and as belong to the section in memory.
        let contents: Bytes
    }

    /// In the order of the section table.
    let sections: [Section]

    private static let headerAddress = IntegerField<UInt32>("e_lfanew", at: 0x3c)
    private static let signature: [UInt8] = [0x50, 0x45, 0, 0]
    /// The COFF header follows the signature.
    private enum Header {
        static let size = 4 + 20
        static let numberOfSections = IntegerField<UInt16>("NumberOfSections", at: 4 + 2)
        static let sizeOfOptionalHeader = IntegerField<UInt16>("SizeOfOptionalHeader", at: 4 + 16)
    }
    private enum SectionHeader {
        static let size = 40
        static let virtualSize = IntegerField<UInt32>("VirtualSize", at: 8)
        static let sizeOfRawData = IntegerField<UInt32>("SizeOfRawData", at: 16)
        static let pointerToRawData = IntegerField<UInt32>("PointerToRawData", at: 20)
    }

    /// Where a section's bytes lie, by what its header says.
    private struct Place {
        let name: String
        let offset: UInt64
        let size: UInt64
    }

    init(_ file: Bytes) throws(KernelImageError) {
        let places = try file.withSpan { (bytes) throws(KernelImageError) in try Self.places(bytes) }
        var sections: [Section] = []
        for place in places {
            let end = place.offset + place.size  // two 32-bit numbers
            guard end <= UInt64(file.count), let contents = file.slice(Int(place.offset)..<Int(end)) else {
                throw .section(place.name, offset: place.offset, size: place.size, available: file.count)
            }
            sections.append(Section(name: place.name, contents: contents))
        }
        self.sections = sections
    }

    private static func places(_ bytes: borrowing Span<UInt8>) throws(KernelImageError) -> [Place] {
        guard bytes.matches(Array("MZ".utf8)) else { throw .foreign(KernelFormat.detect(bytes)) }
        let base: Int
        let count: Int
        let table: Int
        do throws(TruncatedBytes) {
            base = Int(try bytes.read(headerAddress))
            count = Int(try bytes.read(Header.numberOfSections, in: base))
            table = base + Header.size + Int(try bytes.read(Header.sizeOfOptionalHeader, in: base))
        } catch {
            throw .truncatedExecutable(error)
        }
        guard bytes.matches(signature, at: base) else {
            throw .field("e_lfanew", UInt64(base), at: headerAddress.offset, allowed: "does not point to a PE header")
        }
        guard count <= maximumSections else {
            throw .field(
                "NumberOfSections", UInt64(count), at: base + Header.numberOfSections.offset, allowed: "exceeds \(maximumSections)")
        }
        var places: [Place] = []
        do throws(TruncatedBytes) {
            for index in 0..<count { places.append(try place(bytes, at: table + index * SectionHeader.size)) }
        } catch {
            throw .truncatedExecutable(error)
        }
        return places
    }

    /// Reads the section header at `entry`.
    private static func place(_ bytes: borrowing Span<UInt8>, at entry: Int) throws(TruncatedBytes) -> Place {
        let name = try bytes.copy(from: entry, length: 8, what: "a PE section header").prefix { $0 != 0 }
        let inMemory = UInt64(try bytes.read(SectionHeader.virtualSize, in: entry))
        let inFile = UInt64(try bytes.read(SectionHeader.sizeOfRawData, in: entry))
        return Place(
            name: String(decoding: name, as: UTF8.self),
            offset: UInt64(try bytes.read(SectionHeader.pointerToRawData, in: entry)),
            size: inMemory == 0 ? inFile : min(inMemory, inFile))
    }
}
