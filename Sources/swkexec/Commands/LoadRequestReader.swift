import ByteStorage
import CLinux
import HostState
import KernelImage
import LoadPlan
import SystemPackage

/// Opens the files that the options name and makes a request of them: the last step before
/// planning, which reads nothing.
struct LoadRequestReader {
    let options: LoadOptions
    let host: HostState

    /// The most bytes of an initrd, far above any that boots.
    static let initrdLimit = 4 << 30

    func read() throws -> LoadRequest {
        let kernelFile = try Bytes(contentsOf: options.kernel, limit: KernelFile.sizeLimit)
        let kernel: KernelFile
        do { kernel = try KernelFile(kernelFile) } catch { throw PlanError.kernel(options.kernel.string, error) }
        var request = LoadRequest(
            purpose: options.purpose, kernel: .init(name: options.kernel.string, contents: kernel), initrd: try initrd(),
            commandLine: try commandLine(), rngSeed: try options.rngSeed ?? RandomBytes.make(32))
        request.hotplug = options.isHotplug
        request.checksDigest = options.checksDigest
        request.onMismatch = options.onMismatch
        request.memoryWindow = options.memoryWindow
        request.handsOverEFI = options.handsOverEFI
        request.serialPort = serialPort(request.commandLine)
        return request
    }

    private func initrd() throws -> LoadRequest.File<Bytes>? {
        switch options.initrd {
        case nil: return nil
        case .file(let path):
            return LoadRequest.File(name: path.string, contents: try Bytes(contentsOf: path, limit: Self.initrdLimit))
        case .retained:
            let path = host.root.file("sys/firmware/initrd")
            do {
                return LoadRequest.File(name: path.string, contents: try Bytes(contentsOf: path, limit: Self.initrdLimit))
            } catch where error.isMissing {
                throw PlanError.missingFact(path, "this boot's initrd, which Linux 6.11 and newer keep when booted with retain_initrd")
            }
        }
    }

    private func commandLine() throws -> KernelCommandLine {
        var line = KernelCommandLine("")
        if options.reusesCommandLine {
            guard let running = host.commandLine else {
                throw PlanError.missingFact(host.root.file("proc/cmdline"), "the command line to reuse")
            }
            line = KernelCommandLine(running).reusable(for: options.purpose)
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
