import ByteStorage
import CLinux
import CommandLineOptions
import HostState
import KernelImage
import LoadPlan
import SystemPackage

/// Opens the files that the options name and makes a request of them: the last step before
/// planning, which reads nothing.
struct LoadRequestReader {
    let options: LoadOptions
    let host: HostState
    private let kernel: FilePath

    /// Throws where no kernel was named, and none is looked for.
    init(options: LoadOptions, host: HostState) throws {
        var options = options
        if options.usesInstalled {
            let found = try InstalledKernel.find(host.root, kernel: options.kernel, needsInitrd: options.initrd == nil)
            options.kernel = found.kernel
            if let initrd = found.initrd { options.initrd = .files([initrd]) }
        }
        guard let kernel = options.kernel else { throw UsageError.needsKernel }
        self.kernel = kernel
        self.options = options
        self.host = host
    }

    func read() throws -> LoadRequest {
        let kernelFile = try Bytes(contentsOf: kernel, limit: KernelFile.sizeLimit)
        let name = kernel.string
        let image: OpenedKernel
        do { image = try OpenedKernel(kernelFile, type: options.type) } catch { throw PlanError.kernel(name, error) }
        let unified = image.unified
        let part = unified.map { " (.linux\($0.name.map { ", \($0)" } ?? ""))" } ?? ""
        let inherited = options.reusesCommandLine ? try inheritedCommandLine() : nil
        var request = LoadRequest(
            purpose: options.purpose, kernel: .init(name: name + part, contents: image.kernel), initrd: try initrd(unified),
            commandLine: try commandLine(unified, inherited), rngSeed: try options.rngSeed ?? RandomBytes.make(32))
        request.warnings = [inherited?.warning].compactMap { $0 } + (unified.map(warnings) ?? [])
        request.type = options.type
        request.preservesContext = options.preservesContext
        request.entryAddress = options.entryAddress
        request.warnings += options.warnings
        request.hotplugChoice = options.hotplug
        request.checksDigest = options.checksDigest
        request.onMismatch = options.onMismatch
        request.droppedHandover = options.droppedHandover
        request.memoryWindow = options.memoryWindow
        return request
    }

    private func warnings(_ unified: UnifiedKernelImage) -> [String] {
        var warnings: [String] = []
        if unified.commandLine != nil, options.append != nil || options.reusesCommandLine {
            warnings.append("the command line that was given takes the place of the one in \(kernel) (section .cmdline)")
        }
        if unified.initrd != nil, options.initrd != nil {
            warnings.append("the initrd that was given takes the place of the one in \(kernel) (section .initrd)")
        }
        if !unified.ignoredSections.isEmpty {
            warnings.append("\(kernel): only its own EFI stub applies \(unified.ignoredSections.joined(separator: ", ")); not used")
        }
        return warnings
    }

    /// What the user names wins over what a unified kernel image brings.
    private func initrd(_ unified: UnifiedKernelImage?) throws -> LoadRequest.File<Bytes>? {
        if let named = try namedInitrd() { return named }
        return unified?.initrd.map { LoadRequest.File(name: "\(kernel) (.initrd)", contents: $0) }
    }

    private func namedInitrd() throws -> LoadRequest.File<Bytes>? {
        switch options.initrd {
        case nil: return nil
        case .files(let paths): return try LoadRequest.File(initrds: paths)
        case .retained:
            let path = host.root.file("sys/firmware/initrd")
            do {
                return try LoadRequest.File(reading: path)
            } catch  where error.isMissing {
                throw PlanError.notShown(path, "this boot's initrd, which Linux 6.11 and newer keep when booted with retain_initrd")
            }
        }
    }

    private func inheritedCommandLine() throws -> InheritedCommandLine {
        guard let running = host.commandLine else {
            throw PlanError.notShown(KexecFiles(host.root).commandLine.file, "the command line to reuse")
        }
        let isCaptureKernel =
            CaptureKernel.file(in: host.root, commandLine: KexecFiles(host.root).commandLine.map { KernelCommandLine($0) }) != nil
        return InheritedCommandLine(KernelCommandLine(running), isCaptureKernel: isCaptureKernel, for: options.purpose)
    }

    private func commandLine(_ unified: UnifiedKernelImage?, _ inherited: InheritedCommandLine?) throws -> KernelCommandLine {
        if options.append == nil, inherited == nil, let own = unified?.commandLine { return KernelCommandLine(own) }
        var line = inherited?.line ?? KernelCommandLine("")
        line.add(KernelCommandLine(options.append ?? []))
        return line
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
