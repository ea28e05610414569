import DeviceTree
import ELF
import HostState
import KernelImage
import PhysicalMemory
import Purgatory
import SystemPackage

/// Why no plan can be made. Each is one line for the user: what is wrong, where, what to do.
public enum PlanError: Error, Equatable, CustomStringConvertible {
    /// A file that is no kernel for this machine: its name, and why.
    case kernel(String, KernelImageError)
    /// Purgatory cannot be patched as this load needs it.
    case purgatory(PurgatoryError)
    /// More CPUs and ranges than an ELF header can count.
    case elfcorehdr(ELFError)
    /// The running device tree, or that of --dtb, is not what a kernel needs.
    case deviceTree(DeviceTreeError)
    /// No memory is reserved: the file that shows that.
    case noCrashRegion(FilePath)
    /// Something of the machine that the plan needs: the file that should show it, and what it is.
    case notShown(FilePath, String)
    /// Why `--hotplug` cannot be kept.
    case hotplug(HotplugObstacle)
    /// A segment finds no place.
    case doesNotFit(SpaceShortage)
    /// Bytes with what is added, and what the kernel takes.
    case commandLineTooLong(Int, limit: Int)
    /// A NUL would end it early.
    case commandLineHasNUL
    /// What is added would be part of a quoted word.
    case commandLineHasOpenQuote
    /// An initrd of no bytes: its name.
    case emptyInitrd(String)
    /// An option that this kernel or this machine cannot be entered with: the option, and why.
    case entry(String, String)
    /// A file that does not go with the rest of the request: its name, and why.
    case unsuitable(String, String)
    /// The kernel does not own the machine: what it runs under, and who could load an image.
    case hypervisor(XenDomain.Obstacle)
    /// State of the running kernel that the load would lose.
    case handover(LostHandover)
    /// Where purgatory, and so kexec_load, cannot be used.
    case confidentialGuest(ConfidentialGuest)
    /// A rule of the kernel that the call would break.
    case rule(SegmentRole?, String)

    public var description: String {
        switch self {
        case .kernel(let name, let error): "\(name): \(error)"
        case .purgatory(let error): "\(error)"
        case .elfcorehdr(let error): "elfcorehdr: \(error)"
        case .deviceTree(let error): "device tree: \(error)"
        case .noCrashRegion(let path):
            "no memory is reserved for a crash kernel (\(path) shows none): boot with crashkernel=256M or more"
        case .notShown(let path, let what): "\(path) does not show \(what)"
        case .hotplug(let obstacle): "\(obstacle)"
        case .doesNotFit(let shortage): "\(shortage)"
        case .commandLineTooLong(let length, let limit):
            "the command line has \(length) bytes with what is added for the new kernel, which takes \(limit)"
        case .commandLineHasNUL: "the command line has a NUL byte inside"
        case .commandLineHasOpenQuote:
            "the command line has a quote that is never closed: the crash kernel would not see what is added for it"
        case .emptyInitrd(let name): "\(name): the initrd is empty"
        case .entry(let option, let why): "\(option): \(why)"
        case .unsuitable(let name, let why): "\(name): \(why)"
        case .hypervisor(let obstacle): "\(obstacle)"
        case .handover(let lost):
            "kexec_load does not hand on \(lost.handover.what) (\(lost.file)): load with -s, or give it up by --drop-handover=\(lost.handover.rawValue)"
        case .confidentialGuest(let guest):
            "this machine is an \(guest.rawValue) guest: what purgatory does (CPUID, a serial port) raises exceptions there, which nobody handles between two kernels; load with -s, where the kernel brings a purgatory of its own"
        case .rule(let role, let rule): "\(role.map { "segment \($0.rawValue): " } ?? "")\(rule)"
        }
    }
}

/// The segments do not fit into the memory reserved for them.
public struct SpaceShortage: Hashable, Sendable, CustomStringConvertible {
    /// What would help.
    public enum Remedy: Hashable, Sendable {
        /// The smallest region that holds the segments, as crashkernel= would give it.
        case largerRegion(ByteCount)
        /// A region that reaches into this range, where the boot protocol wants the segment.
        case regionWithin(PhysicalRange)
        /// The kernel runs at this place alone, and not all of it is free.
        case freeing(PhysicalRange)
        /// The user's own limits are in the way.
        case widerLimits
        /// No region is large enough.
        case none
    }

    /// The segment that found no place.
    public let role: SegmentRole
    /// The memory that it needs.
    public let size: ByteCount
    /// Where a place was sought.
    public let memory: [PhysicalRange]
    /// What would help.
    public let remedy: Remedy
    /// It has its place at this address or above; nil where all of the memory would do.
    public let lowest: PhysicalAddress?

    /// Made where a placement fails.
    public init(role: SegmentRole, size: ByteCount, memory: [PhysicalRange], remedy: Remedy, lowest: PhysicalAddress? = nil) {
        self.role = role
        self.size = size
        self.memory = memory
        self.remedy = remedy
        self.lowest = lowest
    }

    private var available: ByteCount { FreeMemory(memory).total }

    public var description: String {
        let place = memory.count == 1 ? "\(memory[0])" : "\(available) of RAM in \(memory.count) ranges"
        let bound = lowest.map { " at or above \($0), below which it does not run" } ?? ""
        let start = "segment \(role.rawValue) of \(size) does not fit into \(place)\(bound)"
        switch remedy {
        case .largerRegion(let needed):
            let missing = ByteCount(needed.rawValue - min(needed.rawValue, available.rawValue))
            return
                "\(start): \(missing) missing; crashkernel=\(needed.rawValue >> 20)M would hold the segments, and the crash kernel needs memory of its own to run"
        case .regionWithin(let reach): return "\(start): this kernel needs it within \(reach), where no memory is reserved"
        case .freeing(let place):
            return "\(start): this kernel runs only at \(place), and not all of that is free; a relocatable bzImage runs anywhere"
        case .widerLimits: return "\(start): --mem-min and --mem-max leave too little memory"
        case .none: return "\(start): no region is large enough"
        }
    }
}
