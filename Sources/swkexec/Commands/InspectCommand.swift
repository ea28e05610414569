import ByteStorage
import CommandLineOptions
import HostState
import Inspection
import LoadPlan
import PhysicalMemory
import Readiness
import Reports
import SHA256
import SystemPackage

/// `swkexec inspect`: the crash image that is loaded, read back out of memory. Changes nothing.
struct InspectCommand {
    let options: InspectOptions

    /// Exit status where it cannot be told what is loaded, or whether it is right.
    static let unknown = FailureStatus.whereOneIsAnAnswer

    /// Exit status 0 when the image is intact and current, 1 when it is not.
    func run() -> Int32 {
        do {
            let image = try LoadedImage(SystemRoot(options.root), architecture: options.architecture)
            let inspection = try image.inspect(wantsDigests: options.format == .json)
            var files: [String]?
            if let folder = options.segmentFolder {
                guard case .swkexec = inspection.origin else {
                    throw Unknown("--write-segments: another loader's image does not say which segments it has")
                }
                files = try SegmentFiles.write(inspection, of: image.memory, to: folder)
            }
            let report = InspectionReport(inspection, architecture: image.architecture.name, image.hotplug, files: files)
            guard Terminal.write(report.text(options.format, width: Terminal.width)) else { return Self.unknown }
            return inspection.findings.isEmpty ? 0 : 1
        } catch {
            Terminal.complain("\(error)")
            return Self.unknown
        }
    }

    /// Why it cannot be told.
    struct Unknown: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}

/// What is needed to read the loaded image.
struct LoadedImage {
    let architecture: any TargetArchitecture
    let host: HostState
    let memory: KernelCoreMemory
    /// What the kernel says of updating it.
    let hotplug: InspectionReport.KernelHotplug

    /// Throws where there is none, or where it cannot be read.
    init(_ root: SystemRoot, architecture name: String?) throws {
        architecture = try TargetMachine.architecture(named: name)
        let files = KexecFiles(root)
        switch files.crashImageLoaded {
        case .found(0, let file): throw InspectCommand.Unknown("no crash image is loaded (\(file))")
        case .found: break
        case .absent(let file): throw InspectCommand.Unknown("\(file): no such file: this kernel has no kexec")
        case .unreadable(_, let error): throw error
        }
        do { host = try HostState.read(root) } catch { throw Self.explained(error, root) }
        guard let core = host.kernelCore else {
            throw InspectCommand.Unknown(
                "\(root.file(KernelCore.name)): no such file: this kernel does not show its memory (CONFIG_PROC_KCORE)")
        }
        guard !host.crashRegions.isEmpty else {
            throw InspectCommand.Unknown("\(host.crashRegionSource): no memory is reserved for a crash kernel")
        }
        memory = try KernelCoreMemory(core, in: root)
        hotplug = InspectionReport.KernelHotplug(cpus: files.cpuHotplug.value, memory: files.memoryHotplug.value)
    }

    func inspect(wantsDigests: Bool = false) throws -> ImageInspection {
        let expectation = InspectedHeader.Expectation(programHeaders: try architecture.coreHeaders(on: host), on: host)
        return try Inspector(
            memory, of: architecture.machine, regions: host.crashRegions, expectation: expectation, liveTree: host.deviceTree,
            liveEntry: { LiveEntry.read(memory, in: host.root, regions: host.crashRegions) }
        ).inspect(wantsDigests: wantsDigests)
    }

    /// Over all of its memory but what the kernel may rewrite.
    func regionDigest() throws(CrashMemoryError) -> SHA256Digest {
        try RegionDigest.compute(host.crashRegions, in: memory, of: architecture.machine, headerRoom: host.elfcorehdrCapacity)
    }

    /// A file that may not be read: who forbids it.
    private static func explained(_ error: HostStateError, _ root: SystemRoot) -> any Error {
        guard error.needsRoot else { return error }
        let isLocked = Evidence.read(root, for: nil).lockdown.value == .confidentiality
        return InspectCommand.Unknown("\(error)\(isLocked ? ": lockdown forbids it (confidentiality)" : ": run as root")")
    }
}
