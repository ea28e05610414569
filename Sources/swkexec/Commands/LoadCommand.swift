import ByteStorage
import CLinux
import HostState
import KernelImage
import KexecSystem
import LoadPlan
import PhysicalMemory
import SystemPackage

/// `swkexec -p …`: reads the machine and the files, makes the plan, prints it or carries it out.
struct LoadCommand {
    let options: LoadOptions

    /// The most bytes of an initrd, far above any that boots.
    private static let initrdLimit = 4 << 30

    func run() throws -> Int32 {
        do {
            return try attempt()
        } catch {
            // Whoever failed to load wants to know what happens at a panic now.
            guard !options.isDryRun else { throw error }
            let loaded = try? HostState.isLoaded(HostState.crashLoadedNames, in: SystemRoot(options.root))
            throw LoadFailure(cause: error, crashImageLoaded: loaded ?? nil)
        }
    }

    private func attempt() throws -> Int32 {
        let architecture = try TargetMachine.architecture(named: options.architecture)
        let host = try HostState.read(SystemRoot(options.root))
        let plan = try Planner.planCrashLoad(try request(host), on: host, for: architecture)
        if options.isDryRun { return try print(plan) }
        for warning in plan.warnings { Terminal.complain("warning: \(warning)") }
        if options.isVerbose { _ = Terminal.write(PlanTable.text(plan), to: .standardError) }
        let flags = try KexecLoader(LinuxSystemCalls(), root: host.root).load(plan)
        if options.isVerbose { Terminal.complain("loaded with flags \(flags.rawValue.hex)") }
        if plan.hotplugRequested { try confirmHotplug(host.root) }
        return 0
    }

    /// The kernel's own word that it will keep the image up to date.
    private func confirmHotplug(_ root: SystemRoot) throws {
        for name in HostState.crashHotplugNames {
            switch try root.number(name) {
            case nil: continue  // a kernel without that kind of hotplug has no such file
            case 0?: throw HostStateError.contradiction(root.file(name), "reads 0 after the load: the kernel took the image but will not update it")
            case let value?: if options.isVerbose { Terminal.complain("\(root.file(name)) reads \(value)") }
            }
        }
    }

    private func request(_ host: HostState) throws -> LoadRequest {
        let kernelFile = try Bytes(contentsOf: options.kernel, limit: KernelFile.sizeLimit)
        let kernel: KernelFile
        do { kernel = try KernelFile(kernelFile) } catch { throw PlanError.kernel(options.kernel.string, error) }
        let initrd = try options.initrd.map {
            LoadRequest.File(name: $0.string, contents: try Bytes(contentsOf: $0, limit: Self.initrdLimit))
        }
        var request = LoadRequest(
            kernel: .init(name: options.kernel.string, contents: kernel), initrd: initrd,
            commandLine: try commandLine(host), rngSeed: try options.rngSeed ?? RandomBytes.make(32))
        request.hotplug = options.isHotplug
        request.checksDigest = options.checksDigest
        request.onMismatch = options.onMismatch
        request.memoryWindow = options.memoryWindow
        request.serialPort = serialPort(request.commandLine)
        return request
    }

    private func commandLine(_ host: HostState) throws -> KernelCommandLine {
        var line = KernelCommandLine("")
        if options.reusesCommandLine {
            guard let running = host.commandLine else {
                throw PlanError.missingFact(host.root.file("proc/cmdline"), "the command line to reuse")
            }
            line = KernelCommandLine(running).reusable()
        }
        line.add(KernelCommandLine(options.append ?? []))
        return line
    }

    /// What --serial and --serial-baud say, each falling back on what the command line names.
    private func serialPort(_ commandLine: KernelCommandLine) -> SerialPort? {
        guard options.serialBase != nil || options.serialBaud != nil else { return nil }
        let named = SerialPort(namedBy: commandLine)
        let sameBase = options.serialBase == nil || options.serialBase == named?.base
        guard let base = options.serialBase ?? named?.base ?? SerialPort.base(named: "ttyS0") else { return nil }
        return SerialPort(base: base, baud: options.serialBaud ?? (sameBase ? named?.baud : nil))
    }

    private func print(_ plan: LoadPlan) throws -> Int32 {
        let files = try options.segmentsFolder.map { try SegmentFiles.write(plan, to: $0) }
        let text =
            switch options.format {
            case .table: PlanTable.text(plan)
            case .map: PlanMap.text(plan, width: Terminal.width)
            case .json: PlanJSON.text(plan, files: files)
            }
        return Terminal.write(text) ? 0 : 1
    }
}

/// A load that failed, and whether a crash image is in place all the same.
struct LoadFailure: Error, CustomStringConvertible {
    let cause: any Error
    /// Nil when it cannot be told.
    let crashImageLoaded: Bool?

    var description: String {
        switch crashImageLoaded {
        case true?: "\(cause) (the crash image loaded before is still in place)"
        case false?: "\(cause) (no crash image is loaded)"
        case nil: "\(cause)"
        }
    }
}

/// The architecture that is planned for.
enum TargetMachine {
    static func architecture(named name: String?) throws(UsageError) -> any TargetArchitecture {
        let name = unsafe name ?? String(cString: clinux_machine())
        guard let architecture = Architectures.named(name) else {
            let known = Architectures.all.map(\.name).joined(separator: ", ")
            throw .badArgument(option: "--arch", value: name, allowed: "an architecture that plans can be made for (\(known))")
        }
        return architecture
    }
}

/// Entropy from the kernel.
enum RandomBytes {
    static func make(_ count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let answer = unsafe bytes.withUnsafeMutableBytes { unsafe clinux_random($0.baseAddress, $0.count) }
        guard answer == 0 else { throw .system("getrandom", doing: "read", Errno(rawValue: -answer)) }
        return bytes
    }
}
