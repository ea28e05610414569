import ELF
import SystemPackage

/// Why the kernel log of a file cannot be printed, or not as a whole. What could be read before
/// has been handed out.
public enum VmcoreError: Error, Equatable, CustomStringConvertible {
    /// What was tried, and what the system answered.
    case system(doing: String, Errno)
    /// Its ELF headers are damaged.
    case elf(ELFError)
    /// e_type is another one than ET_CORE.
    case notACore(UInt16)
    /// The file ends before `what` does. The offset and the sizes are in bytes.
    case truncated(what: String, offset: UInt64, needed: Int, available: Int)
    /// No note by which the kernel describes itself.
    case noVMCOREINFO
    /// A note's or a table's size is beyond what the kernel can have written.
    case tooLarge(what: String, UInt64, limit: UInt64)
    /// A line that VMCOREINFO must have: its key.
    case missing(key: String)
    /// A value of VMCOREINFO or of the kernel's memory is not one the kernel can have written.
    case value(what: String, UInt64, allowed: String)
    /// VMCOREINFO has none of the keys by which a kernel log is found.
    case noLog
    /// No PT_LOAD holds a virtual address of the kernel.
    case unmapped(what: String, address: UInt64)
    /// The old ring: the bytes at an index of log_buf are no record.
    case brokenRecord(index: UInt64, String)
    /// The new ring: so many records, of which the first has that sequence number, point to no
    /// text. All others were handed out.
    case damagedRecords(count: Int, first: UInt64)

    public var description: String {
        switch self {
        case .system(let doing, let errno): "cannot \(doing): \(errno)"
        case .elf(let error): "\(error)"
        case .notACore(let type): "e_type \(type) is not ET_CORE (4): not a vmcore (at byte 0x10)"
        case .truncated(let what, let offset, let needed, let available):
            "truncated: \(what) needs \(needed) bytes at byte \(hex(offset)), but the file has only \(available) there"
        case .noVMCOREINFO: "no note named VMCOREINFO: the kernel log cannot be found without it"
        case .tooLarge(let what, let size, let limit): "\(what) of \(size) is larger than the limit of \(limit)"
        case .missing(let key): "VMCOREINFO has no \(key)"
        case .value(let what, let value, let allowed): "\(what) is \(hex(value)): \(allowed)"
        case .noLog: "VMCOREINFO has none of SYMBOL(prb), SYMBOL(log_first_idx) and SYMBOL(log_end): no kernel log to find"
        case .unmapped(let what, let address): "\(what) at virtual address \(hex(address)) is in no PT_LOAD of the file"
        case .brokenRecord(let index, let why): "log_buf: no record at index \(hex(index)): \(why)"
        case .damagedRecords(let count, let first):
            "\(count) record\(count == 1 ? "" : "s"), the first with sequence number \(first), with text outside the text ring; all others are printed"
        }
    }
}

private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
