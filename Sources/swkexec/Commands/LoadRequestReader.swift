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

    /// The most bytes of an initrd or a module, far above any that boots.
    static let initrdLimit = 4 << 30

    func read() throws -> LoadRequest {
        let kernelFile = try Bytes(contentsOf: options.kernel, limit: KernelFile.sizeLimit)
        let name = options.kernel.string
        let image: OpenedKernel
        do { image = try OpenedKernel(kernelFile, type: options.type) } catch { throw PlanError.kernel(name, error) }
        let unified = image.unified
        let part = unified.map { " (.linux\($0.name.map { ", \($0)" } ?? ""))" } ?? ""
        var request = LoadRequest(
            purpose: options.purpose, kernel: .init(name: name + part, contents: image.kernel), initrd: try initrd(unified),
            commandLine: try commandLine(unified), rngSeed: try options.rngSeed ?? RandomBytes.make(32))
        request.entry = options.entry
        if let unified { request.warnings = warnings(unified) }
        request.type = options.type
        request.modules = try modules()
        // Memory is looked at for those alone that need its contents.
        if MultibootImage.version(of: image.kernel.bytes, type: options.type) == .two, let address = host.acpiRootAddress {
            request.acpiRoot = ACPIRootPointer.read(host, at: address)
            if request.acpiRoot == nil {
                request.warnings.append(
                    "ACPI's root pointer at \(address.hex) cannot be read from \(host.root.file(ACPIRootPointer.name)) (iomem=relaxed may help): the image is not given it"
                )
            }
        }
        request.preservesContext = options.preservesContext
        request.arguments = options.arguments
        request.entryAddress = options.entryAddress
        request.screen = options.screen
        request.passesMemoryMap = options.passesMemoryMap
        request.warnings += options.warnings
        request.hotplug = options.isHotplug
        request.checksDigest = options.checksDigest
        request.onMismatch = options.onMismatch
        request.memoryWindow = options.memoryWindow
        request.handsOverEFI = options.handsOverEFI
        request.takesOldRoot = options.takesOldRoot
        request.serialPort = serialPort(request.commandLine)
        request.serialName = options.serial
        request.purgatoryUsesCaches = options.purgatoryUsesCaches ?? true
        return request
    }

    private func warnings(_ unified: UnifiedKernelImage) -> [String] {
        var warnings: [String] = []
        if unified.commandLine != nil, options.append != nil || options.reusesCommandLine {
            warnings.append("the command line that was given takes the place of the one in \(options.kernel) (section .cmdline)")
        }
        if unified.initrd != nil, options.initrd != nil {
            warnings.append("the initrd that was given takes the place of the one in \(options.kernel) (section .initrd)")
        }
        if !unified.ignoredSections.isEmpty {
            warnings.append("\(options.kernel): only its own EFI stub applies \(unified.ignoredSections.joined(separator: ", ")); not used")
        }
        return warnings
    }

    /// What the user names wins over what a unified kernel image brings.
    private func initrd(_ unified: UnifiedKernelImage?) throws -> LoadRequest.File<Bytes>? {
        if let named = try namedInitrd() { return named }
        return unified?.initrd.map { LoadRequest.File(name: "\(options.kernel) (.initrd)", contents: $0) }
    }

    private func namedInitrd() throws -> LoadRequest.File<Bytes>? {
        switch options.initrd {
        case nil: return nil
        case .file(let path):
            return LoadRequest.File(name: path.string, contents: try Bytes(contentsOf: path, limit: Self.initrdLimit))
        case .retained:
            let path = host.root.file("sys/firmware/initrd")
            do {
                return LoadRequest.File(name: path.string, contents: try Bytes(contentsOf: path, limit: Self.initrdLimit))
            } catch  where error.isMissing {
                throw PlanError.notShown(path, "this boot's initrd, which Linux 6.11 and newer keep when booted with retain_initrd")
            }
        }
    }

    private func modules() throws -> [LoadRequest.Module] {
        try options.modules.map { module in
            LoadRequest.Module(
                name: module.path.string, contents: try Bytes(contentsOf: module.path, limit: Self.initrdLimit), text: module.text)
        }
    }

    private func commandLine(_ unified: UnifiedKernelImage?) throws -> KernelCommandLine {
        var line = KernelCommandLine("")
        if options.append == nil, !options.reusesCommandLine, let own = unified?.commandLine { return KernelCommandLine(own) }
        if options.reusesCommandLine {
            guard let running = host.commandLine else {
                throw PlanError.notShown(KexecFiles(host.root).commandLine.file, "the command line to reuse")
            }
            line = KernelCommandLine(running).reusable(for: options.purpose)
        }
        line.add(KernelCommandLine(options.append ?? []))
        return line
    }

    /// What --serial and --serial-baud say, each falling back on what the command line names.
    private func serialPort(_ commandLine: KernelCommandLine) -> SerialPort? {
        guard options.serial != nil || options.serialBaud != nil || options.wantsSerialConsole else { return nil }
        let named = SerialPort(namedBy: commandLine)
        let given = options.serial.flatMap { SerialPort.base(named: $0) }
        let sameBase = given == nil || given == named?.base
        guard let base = given ?? named?.base ?? SerialPort.base(named: "ttyS0") else { return nil }
        return SerialPort(base: base, baud: options.serialBaud ?? (sameBase ? named?.baud : nil))
    }
}

/// The kernel out of its wrapper; where that is a unified kernel image, the kernel within, too.
private struct OpenedKernel {
    let kernel: KernelFile
    let unified: UnifiedKernelImage?

    init(_ file: Bytes, type: ImageType?) throws(KernelImageError) {
        let outer = try KernelFile(file)
        if let type { try type.check(outer) }
        if outer.bytes.withSpan({ KernelFormat.detect($0) }) == .portableExecutable {
            let image = try UnifiedKernelImage(outer.bytes)
            unified = image
            kernel = try KernelFile(image.linux)
        } else {
            unified = nil
            kernel = outer
        }
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
