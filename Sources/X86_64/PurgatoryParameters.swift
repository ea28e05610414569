import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// enum purgatory_entry_mode (Purgatory/x86_64/parameters_x86_64.h).
enum PurgatoryEntryMode: UInt32 {
    case bits64 = 0
    case bits32 = 1
    case realMode = 2
    /// Like a function of C.
    case called = 3
    /// Into the kernel that started this one and kept its context.
    case jumpBack = 4

    init(_ entry: KernelEntry) {
        self =
            switch entry {
            case .bits64: .bits64
            case .bits32: .bits32
            case .realMode: .realMode
            }
    }
}

extension PurgatoryImage {
    /// Tells how and where the kernel is entered.
    mutating func setEntry(
        _ mode: PurgatoryEntryMode, at address: UInt64, bootParameters: PhysicalAddress
    ) {
        set(PurgatoryX86_64.entryMode, to: mode.rawValue)
        set(PurgatoryX86_64.kernelEntry, to: address)
        set(PurgatoryX86_64.bootParams, to: bootParameters.rawValue)
    }

    /// Tells that the kernel which is left keeps its context, and calls.
    mutating func setIsCalled() {
        set(PurgatoryX86_64.isCalled, to: 1)
    }

    /// Tells where a failed check is reported, and what becomes of the screen.
    mutating func setConsole(_ request: LoadRequest, _ options: X86_64.Options) {
        let port = options.console(request.commandLine)
        set(PurgatoryX86_64.serialPort, to: UInt32(port?.base ?? 0))
        set(PurgatoryX86_64.serialDivisor, to: port?.divisor ?? 0)
        set(PurgatoryX86_64.consoleVga, to: options.screen.isConsole ? 1 : 0)
        set(PurgatoryX86_64.resetVga, to: options.screen.isReset ? 1 : 0)
    }
}

extension Load {
    var purgatory: PurgatoryImage { .x86_64 }

    func setParameters(of purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) {
        let bootParameters = try places.memory(.bootParameters).start
        purgatory.setEntry(
            PurgatoryEntryMode(kernel.entry), at: try places.memory(.kernel).start.rawValue &+ kernel.entryOffset.rawValue,
            bootParameters: bootParameters)
        purgatory.setConsole(request, options)
        guard destination.sharedMemory != nil else { return }
        // Where in the command line purgatory writes the jump back entry.
        guard let digits = JumpBackEntry.digits(in: commandLine) else {
            throw .rule(.bootParameters, "the command line lacks \(JumpBackEntry.name)=")
        }
        purgatory.setIsCalled()
        purgatory.set(PurgatoryX86_64.wayBackDigits, to: bootParameters.rawValue &+ UInt64(BootParameters.size + digits))
    }
}
