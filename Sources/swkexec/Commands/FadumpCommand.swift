import ByteStorage
import ELF
import FirmwareAssistedDump
import HostState
import KexecSystem
import PhysicalMemory
import Reports
import SystemPackage

/// `swkexec fadump …`: firmware-assisted dump.
struct FadumpCommand {
    let options: FadumpOptions
    let systemCalls: any KexecSystemCalls
    /// Where control files are; another place in tests alone.
    var root = SystemRoot.live

    func run() throws -> Int32 {
        switch options {
        case .status(let root, let format): return status(SystemRoot(root), format)
        case .control(let control): return try work(control)
        case .header(let file, let kernel, let format): return try header(file, kernel, format)
        case .elfcorehdr(let options): return try elfcorehdr(options)
        case .plan(let options): return try plan(options)
        }
    }

    private func status(_ root: SystemRoot, _ format: ReportFormat) -> Int32 {
        let state = FadumpState.read(root)
        let report = FadumpStatusReport(state: state, outlook: FadumpOutlook(state, root: root))
        return Terminal.write(report.text(format)) ? 0 : 1
    }

    private func work(_ control: FadumpOptions.Control) throws(FadumpControlError) -> Int32 {
        let files = FadumpControl(systemCalls, root: root)
        if control == .register || control == .reload, let harm = FadumpState.read(root).harmOfRegistering {
            Terminal.warn("\(harm)")
        }
        let outcome =
            switch control {
            case .register: try files.register()
            case .unregister: try files.unregister()
            case .reload: try files.reload()
            case .releaseMemory: try files.releaseMemory()
            case .appendArguments(let text): try files.setArguments(text)
            }
        return Terminal.say(Self.description(outcome)) ? 0 : 1
    }

    static func description(_ outcome: FadumpControl.Outcome) -> String {
        switch outcome {
        case .wrote(let text, let file): "wrote '\(text)' to \(file)"
        case .unchanged: "no change was needed, and nothing was written"
        }
    }

    /// Exit status 1 where the capture kernel would refuse the dump, 3 where that is not known; an error is 2 (`FailureStatus`).
    private func header(_ path: FilePath, _ kernel: CaptureKernelABI, _ format: ReportFormat) throws -> Int32 {
        let bytes = try FadumpFiles.header(path)
        let report: CrashInfoReport
        do throws(CrashInfoError) {
            report = CrashInfoReport(header: try CrashInfoHeader(bytes.span), verdict: try CrashInfoVerdict(bytes.span, for: kernel))
            // What is refused by its sizes may well be shorter than they say.
            if case .current(let header) = report.header, !report.isRefused { try header.requireWhole() }
        } catch {
            throw FadumpFileError(path: path, error: error)
        }
        for warning in report.warnings { Terminal.warn("\(path): \(warning)") }
        guard Terminal.write(report.text(format)) else { return FailureStatus.whereOneIsAnAnswer }
        return report.isRefused ? 1 : report.isUnknown ? 3 : 0
    }

    private func elfcorehdr(_ options: FadumpOptions.Elfcorehdr) throws -> Int32 {
        let header = try currentHeader(options.header)
        let regions = try FadumpFiles.regions(options.regions)
        let memory = try FadumpFiles.memory(options.memory)
        let boot: BootMemory
        let reserved: PhysicalRange
        do throws(FadumpRegionsError) {
            boot = try BootMemory(regions)
            reserved = try ReservedArea.range(regions, boot, headerSize: header.size, reserved: options.reserved)
        } catch {
            throw FadumpFileError(path: options.regions, error: error)
        }
        let made = try CaptureElfcorehdr(header, boot, reserved: reserved, memory: memory)
        let bytes = try made.bytes()
        try SmallFile.write(Bytes(bytes), to: options.output)
        for warning in made.warnings { Terminal.warn("\(warning)") }
        let report = ElfcorehdrReport(headers: made.programHeaders, reserved: reserved, size: bytes.count)
        return Terminal.write(report.text(options.format)) ? 0 : 1
    }

    /// The header of a kernel whose dump needs an elfcorehdr, in the one byte order whose e_flags are known.
    private func currentHeader(_ path: FilePath) throws -> CrashInfo {
        let bytes = try FadumpFiles.header(path)
        do throws(CrashInfoError) {
            switch try CrashInfoHeader(bytes.span) {
            case .current(let header):
                guard header.byteOrder == .littleEndian else { throw CrashInfoError.bigEndian }
                try header.requireWhole()
                return header
            case .older: throw .oldMagic
            }
        } catch {
            throw FadumpFileError(path: path, error: error)
        }
    }

    private func plan(_ options: FadumpOptions.Plan) throws -> Int32 {
        var machine = options.machine
        let root = SystemRoot(options.root)
        machine.platform = options.platform ?? FadumpSizes.Platform.read(root) ?? .pseries
        let firmware = try FirmwareSizes.read(root)
        machine.cpuState = options.cpuState ?? firmware?.cpuState ?? .zero
        machine.hashPageTable = options.hashPageTable ?? firmware?.hashPageTable ?? .zero
        let isFirmwareKnown = options.cpuState != nil || firmware != nil || machine.platform == .powernv
        let report = FadumpSizesReport(machine: machine, sizes: try FadumpSizes(machine), isFirmwareKnown: isFirmwareKnown)
        for warning in report.warnings { Terminal.warn("\(warning)") }
        return Terminal.write(report.text(options.format)) ? 0 : 1
    }
}

/// What is wrong with a file that was named.
struct FadumpFileError: Error, CustomStringConvertible {
    let path: FilePath
    let error: any Error

    var description: String { "\(path): \(error)" }
}
