import ByteStorage
import ELF
import PhysicalMemory

/// The program headers of /proc/kcore: at which virtual addresses the running kernel has its own text
/// and all of RAM (fs/proc/kcore.c).
public struct KernelCore: Sendable {
    /// The file.
    public static let name = "proc/kcore"
    /// As much as its ELF header and 65,535 program headers take.
    private static let headLimit = CoreHeader.size(programHeaders: 0xffff)
    /// The physical address of a mapping that has none.
    private static let noPhysicalAddress = PhysicalAddress(.max)

    /// e_machine of the running kernel.
    public let machine: UInt16
    /// Its PT_LOADs: virtual and physical addresses of what the kernel maps.
    public let loads: [ProgramHeader]

    /// Nil when there is no /proc/kcore.
    static func read(_ root: SystemRoot) throws(HostStateError) -> KernelCore? {
        let path = root.file(name)
        do {
            // The headers say how long they are: read the ELF header first, then the table.
            let start = try root.head(name, limit: ELFHeader.size)
            let header = try ELFHeader(start.span)
            let length = min(CoreHeader.size(programHeaders: Int(header.programHeaderCount)), headLimit)
            let head = try root.head(name, limit: length)
            let loads = try ProgramHeader.table(of: header, in: head.span).filter { $0.type == SegmentType.load }
            return KernelCore(machine: header.machine, loads: loads)
        } catch let error as FileError {
            if error.isMissing { return nil }
            throw .file(error)
        } catch {
            throw .contradiction(path, "\(error)")
        }
    }

    /// The mapping of the kernel's text, data and bss, `_text` to `_end`: the one that begins at
    /// the physical start of "Kernel code" and lies where the architecture links its kernel.
    public func kernelText(physicalStart: PhysicalAddress, linkedAtOrAbove lowest: UInt64) -> ProgramHeader? {
        loads.first { $0.physicalAddress == physicalStart && $0.virtualAddress >= lowest }
    }

    /// What to add to a physical address for its place in the kernel's direct map of RAM, as the
    /// mapping of RAM below `highest` shows it (KASLR moves it at each boot).
    public func directMapOffset(below highest: UInt64) -> UInt64? {
        directMapping(below: highest).map { $0.virtualAddress - $0.physicalAddress.rawValue }
    }

    /// The mapping of RAM below `highest` that `directMapOffset` is taken from.
    public func directMapping(below highest: UInt64) -> ProgramHeader? {
        loads.first {
            $0.physicalAddress != Self.noPhysicalAddress && $0.virtualAddress < highest && $0.virtualAddress >= $0.physicalAddress.rawValue
        }
    }
}
