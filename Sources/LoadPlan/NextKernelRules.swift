import ELF
import PhysicalMemory

/// The rules that no kernel checks and every next one needs: what is loaded lies in memory that the next kernel is told to be RAM, and
/// what it is told to be RAM is nobody else's.
enum NextKernelRules {
    /// - Parameters:
    ///   - segments: of the finished plan
    ///   - ram: RAM of the memory map that the plan hands to the next kernel; nil where it hands over none
    static func check(_ segments: [Segment], ram: [PhysicalRange]?) throws(PlanError) {
        guard let ram = ram?.joined() else { return }
        for segment in segments {
            // The next kernel reads it as old memory and must not take it for its own.
            if segment.role == .elfcorehdr {
                try checkDump(segment, ram)
            } else if !ram.contains(where: { $0.contains(segment.memory) }) {
                throw .rule(segment.role, "its memory \(segment.memory) is not RAM in the memory map that the new kernel gets")
            }
        }
    }

    /// Memory that is dumped where it lies is the old kernel's, and not one byte of it the new kernel's RAM.
    private static func checkDump(_ elfcorehdr: Segment, _ ram: [PhysicalRange]) throws(PlanError) {
        let headers: [ProgramHeader]
        do throws(ELFError) {
            headers = try elfcorehdr.contents.withSpan { (bytes) throws(ELFError) in
                try ProgramHeader.table(of: ELFHeader(bytes), in: bytes)
            }
        } catch {
            throw .elfcorehdr(error)
        }
        let dumped = headers.compactMap { header in
            header.type == SegmentType.load && header.offset.rawValue == header.physicalAddress.rawValue
                ? PhysicalRange(start: header.physicalAddress, size: header.fileSize) : nil
        }
        if let shared = dumped.intersecting(ram).first {
            throw .rule(.elfcorehdr, "\(shared) is dumped, and the memory map that the new kernel gets has it as RAM of its own")
        }
    }
}
