import BinaryLayout
import ByteStorage
import ELF
import PhysicalMemory

/// A kernel as an ELF file, vmlinux for one: what its PT_LOADs put where in physical memory.
///
/// An executable (ET_EXEC) runs where its p_paddr says. A position-independent one (ET_DYN) runs
/// anywhere; its addresses only say how far its parts are from each other.
public struct ELFKernel: Sendable {
    /// What a kernel has to be made for.
    public struct Target: Sendable {
        /// e_machine, by the width of addresses that it goes with.
        public let machines: [ELFClass: UInt16]
        /// EI_DATA.
        public let byteOrder: ByteOrder
        /// Contents are cut into whole pages of this size.
        public let pageSize: ByteCount
        /// Its parts are placed by their virtual addresses, relative to the lowest: it runs anywhere, and p_paddr
        /// means nothing.
        public let isPlacedByVirtualAddress: Bool
        /// For messages.
        public let name: String

        /// What a machine's kernels are.
        /// - Parameter name: with its article, "a little-endian x86"
        public init(
            _ name: String, machines: [ELFClass: UInt16], byteOrder: ByteOrder, pageSize: ByteCount,
            isPlacedByVirtualAddress: Bool = false
        ) {
            self.name = name
            self.machines = machines
            self.byteOrder = byteOrder
            self.pageSize = pageSize
            self.isPlacedByVirtualAddress = isPlacedByVirtualAddress
        }

        /// x86_64, and i386 for 32-bit files.
        public static let x86 = Target(
            "a little-endian x86", machines: [.elf64: ELFMachine.x86_64, .elf32: ELFMachine.i386],
            byteOrder: .littleEndian, pageSize: .page)
    }

    /// The most PT_LOADs that are looked at. vmlinux has five; kexec_load takes 16 segments.
    public static let maximumLoads = 64
    /// Physical addresses have at most 52 bits.
    private static let addressLimit: UInt64 = 1 << 52

    /// EI_CLASS.
    public let elfClass: ELFClass
    /// Of type ET_DYN: it runs anywhere.
    public let isRelocatable: Bool
    /// Where it is linked to run: the page of its lowest PT_LOAD.
    public let start: PhysicalAddress
    /// From `start` to the end of its highest PT_LOAD, in whole pages.
    public let memorySize: ByteCount
    /// For a relocatable one; a power of two, at least a page.
    public let alignment: ByteCount
    /// In address order; no two share a page.
    public let pieces: [KernelPiece]
    /// From `start`.
    public let entry: ByteCount

    private struct Load {
        let physical: UInt64
        let virtual: UInt64
        let memorySize: UInt64
        let file: Range<Int>
        let pageSize: ByteCount

        var end: UInt64 { physical + memorySize }
        var firstPage: UInt64 { PhysicalAddress(physical).alignedDown(to: pageSize).rawValue }
        /// Far from the end of 64 bits, as `addressLimit` sees to.
        var lastPage: UInt64 { PhysicalAddress(end - 1).alignedDown(to: pageSize).rawValue }
    }

    /// Reads a kernel for that machine. Throws where it is for another one, or a PT_LOAD cannot be.
    public init(_ file: Bytes, for target: Target) throws(KernelImageError) {
        let (header, headers) = try file.withSpan { (bytes) throws(KernelImageError) in
            do throws(ELFError) {
                let header = try ELFHeader(bytes, allowing32Bit: true)
                return (header, try ProgramHeader.table(of: header, in: bytes))
            } catch {
                throw .elf(error)
            }
        }
        try Self.check(header, target)
        elfClass = header.elfClass
        isRelocatable = header.type == ELFType.sharedObject
        let loads = try Self.loads(
            target.isPlacedByVirtualAddress ? Self.placedByVirtualAddress(headers, target) : headers, in: file.count,
            pageSize: target.pageSize)
        guard let first = loads.first, let last = loads.last else {
            throw .elf(.field("e_phnum", UInt64(headers.count), allowed: "no program header is a PT_LOAD with memory"))
        }
        if header.elfClass == .elf32, last.end > 1 << 32 {
            throw .elf(.field("p_paddr", last.physical, allowed: "the segment must end below 4 GiB"))
        }
        start = PhysicalAddress(first.firstPage)
        memorySize = ByteCount(last.lastPage + target.pageSize.rawValue - first.firstPage)
        pieces = try Self.pieces(loads, of: file, from: first.firstPage)
        entry = try Self.entry(header.entry, in: loads, from: first.firstPage)
        alignment = max(Self.alignment(headers), target.pageSize)
    }

    private static func check(_ header: ELFHeader, _ target: Target) throws(KernelImageError) {
        guard header.type == ELFType.executable || header.type == ELFType.sharedObject else {
            throw .elf(.field("e_type", UInt64(header.type), allowed: "must be ET_EXEC (2) or ET_DYN (3) (at byte 0x10)"))
        }
        guard let machine = target.machines[header.elfClass] else {
            throw .elf(.field("EI_CLASS", UInt64(header.elfClass.rawValue), allowed: "is not that of \(target.name) kernel (at byte 0x4)"))
        }
        guard header.byteOrder == target.byteOrder else {
            throw .elf(
                .field("EI_DATA", header.byteOrder == .littleEndian ? 1 : 2, allowed: "is not that of \(target.name) kernel (at byte 0x5)"))
        }
        guard header.machine == machine else {
            throw .elf(.field("e_machine", UInt64(header.machine), allowed: "is not \(target.name) (must be \(machine)) (at byte 0x12)"))
        }
    }

    /// The same headers with physical addresses from 0 on.
    private static func placedByVirtualAddress(_ headers: [ProgramHeader], _ target: Target) -> [ProgramHeader] {
        let loads = headers.filter { $0.type == SegmentType.load && $0.memorySize > .zero }
        guard let lowest = loads.map(\.virtualAddress).min() else { return [] }
        let start = lowest & ~(target.pageSize.rawValue - 1)
        return loads.map { header in
            var placed = header
            placed.physicalAddress = PhysicalAddress(header.virtualAddress - start)
            return placed
        }
    }

    /// The PT_LOADs that have memory, in address order, every number checked.
    private static func loads(_ headers: [ProgramHeader], in count: Int, pageSize: ByteCount) throws(KernelImageError) -> [Load] {
        var loads: [Load] = []
        for header in headers where header.type == SegmentType.load && header.memorySize > .zero {
            guard loads.count < maximumLoads else {
                throw .elf(.field("e_phnum", UInt64(headers.count), allowed: "more than \(maximumLoads) PT_LOADs"))
            }
            guard header.fileSize <= header.memorySize else {
                throw .elf(
                    .field("p_filesz", header.fileSize.rawValue, allowed: "must not exceed p_memsz \(header.memorySize.rawValue.hex)"))
            }
            guard header.physicalAddress.rawValue < addressLimit, header.memorySize.rawValue < addressLimit else {
                throw .elf(
                    .field(
                        "p_paddr", header.physicalAddress.rawValue,
                        allowed: "with p_memsz \(header.memorySize.rawValue.hex) reaches beyond any memory"))
            }
            guard let offset = Int(exactly: header.offset.rawValue), let length = Int(exactly: header.fileSize.rawValue),
                offset <= count, count - offset >= length
            else {
                throw .elf(
                    .truncated(
                        TruncatedBytes(
                            what: "a PT_LOAD", offset: Int(clamping: header.offset.rawValue),
                            needed: Int(clamping: header.fileSize.rawValue), available: count)))
            }
            loads.append(
                Load(
                    physical: header.physicalAddress.rawValue, virtual: header.virtualAddress,
                    memorySize: header.memorySize.rawValue, file: offset..<offset + length, pageSize: pageSize))
        }
        loads.sort { $0.physical < $1.physical }
        for (load, next) in zip(loads, loads.dropFirst()) where next.physical < load.end {
            throw .elf(.field("p_paddr", next.physical, allowed: "overlaps the PT_LOAD at \(load.physical.hex)"))
        }
        return loads
    }

    /// PT_LOADs that share a page become one piece, by copying; the others stay slices of the file.
    private static func pieces(_ loads: [Load], of file: Bytes, from start: UInt64) throws(KernelImageError) -> [KernelPiece] {
        var groups: [[Load]] = []
        for load in loads {
            if let last = groups.last?.last, load.firstPage <= last.lastPage {
                groups[groups.count - 1].append(load)
            } else {
                groups.append([load])
            }
        }
        var pieces: [KernelPiece] = []
        for group in groups {
            guard let first = group.first, let last = group.last else { continue }
            let contents: Bytes
            if group.count == 1, first.physical == first.firstPage, let slice = file.slice(first.file) {
                contents = slice
            } else {
                contents = Bytes(try copy(group, of: file, from: first.firstPage))
            }
            pieces.append(
                KernelPiece(
                    offset: ByteCount(first.firstPage - start),
                    memorySize: ByteCount(last.lastPage + first.pageSize.rawValue - first.firstPage), contents: contents))
        }
        return pieces
    }

    private static func copy(_ group: [Load], of file: Bytes, from start: UInt64) throws(KernelImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        for load in group where !load.file.isEmpty {
            let place = load.physical - start
            guard place < UInt64(KernelFile.sizeLimit), place + UInt64(load.file.count) <= UInt64(KernelFile.sizeLimit) else {
                throw .elf(.field("p_paddr", load.physical, allowed: "is too far from the PT_LOADs that share its pages"))
            }
            bytes += repeatElement(0, count: Int(place) - bytes.count)
            file.withSpan { span in for i in load.file { bytes.append(span[i]) } }
        }
        return bytes
    }

    /// e_entry is a physical address in vmlinux, and in other kernels a virtual one.
    private static func entry(_ address: UInt64, in loads: [Load], from start: UInt64) throws(KernelImageError) -> ByteCount {
        if let load = loads.first(where: { address >= $0.physical && address - $0.physical < UInt64($0.file.count) }) {
            return ByteCount(address - load.physical + (load.physical - start))
        }
        if let load = loads.first(where: { address >= $0.virtual && address - $0.virtual < UInt64($0.file.count) }) {
            return ByteCount(address - load.virtual + (load.physical - start))
        }
        throw .elf(.field("e_entry", address, allowed: "lies in no PT_LOAD (at byte 0x18)"))
    }

    /// The largest p_align that is a power of two below 1 GiB, at least a page.
    private static func alignment(_ headers: [ProgramHeader]) -> ByteCount {
        let asked = headers.lazy.filter { $0.type == SegmentType.load }.map { ByteCount($0.alignment) }
            .filter { (size: ByteCount) in size.rawValue.nonzeroBitCount == 1 && size <= ByteCount.mebibytes(1024) }
        return asked.max() ?? .zero
    }
}
