import CommandLineOptions
import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Readiness
import Reports
import SystemPackage

/// `swkexec check`: would a dump be captured if this machine panicked now? Changes nothing.
struct CheckCommand {
    let options: CheckOptions

    /// Exit status 0 when the machine is ready, 1 when it is not; those of a plugin for --format=nagios.
    func run() -> Int32 {
        let readiness = readiness()
        guard write(ReadinessReport(readiness)) else { return options.format.failure }
        return options.format.status(of: readiness)
    }

    /// What is as it should be makes no line in a journal.
    private func write(_ report: ReadinessReport) -> Bool {
        guard options.format == .table, Terminal.isOutputJournal else { return Terminal.write(report.text(options.format)) }
        return report.journalLines.allSatisfy { line in
            let priority: Terminal.Priority =
                switch line.state {
                case .bad: .error
                case .warning: .warning
                case .ok, .info, .unknown: .info
                }
            return Terminal.write(Terminal.line(line.text, priority, inJournal: true))
        }
    }

    func readiness() -> Readiness {
        let architecture = try? TargetMachine.architecture(named: options.architecture)
        let evidence = Evidence.read(SystemRoot(options.root), for: architecture)
        return Readiness(
            evidence, hotplug: options.isHotplug, image: options.kernel.map { planned($0) },
            loaded: evidence.crashImageLoaded.value ?? 0 != 0 ? loadedImage() : nil)
    }

    /// The image that is loaded, as `swkexec inspect` reads it.
    private func loadedImage() -> LoadedImageReading {
        do {
            return .read(try LoadedImage(SystemRoot(options.root), architecture: options.architecture).inspect())
        } catch {
            return .unknown("\(error)")
        }
    }

    /// Plans a load of the kernel as `swkexec -p` does, up to the system call.
    private func planned(_ kernel: FilePath) -> PlannedImage {
        do {
            let architecture = try TargetMachine.architecture(named: options.architecture)
            let host = try HostState.read(SystemRoot(options.root))
            let plan = try Planner.plan(try request(kernel), on: host, for: architecture)
            // Segments lie within the region and do not overlap, so their sizes add up.
            let taken = plan.segments.reduce(ByteCount.zero) { $0.adding($1.memory.size) ?? $0 }
            guard let region = plan.usableMemory.last else { throw PlanError.noCrashRegion(host.crashRegionSource) }
            return PlannedImage(kernel: kernel, outcome: .fits(taken: taken, region: region))
        } catch let error as UsageError {
            return PlannedImage(kernel: kernel, outcome: .unplannable("\(error)"))
        } catch let error as HostStateError {
            return PlannedImage(kernel: kernel, outcome: .unplannable("\(error)"))
        } catch PlanError.confidentialGuest(let guest) {
            // The kernel makes the segments there, and does not say in advance how large they are.
            return PlannedImage(kernel: kernel, outcome: .unplannable("\(PlanError.confidentialGuest(guest))"))
        } catch {
            return PlannedImage(kernel: kernel, outcome: .refused("\(error)"))
        }
    }

    private func request(_ kernel: FilePath) throws -> LoadRequest {
        let file = try Bytes(contentsOf: kernel, limit: KernelFile.sizeLimit)
        let contents: KernelFile
        do { contents = try KernelFile(file) } catch { throw PlanError.kernel(kernel.string, error) }
        let initrd = options.initrds.isEmpty ? nil : try LoadRequest.File(initrds: options.initrds)
        // Nothing is loaded, so the seed need not be random.
        var request = LoadRequest(
            purpose: .crash, kernel: .init(name: kernel.string, contents: contents), initrd: initrd,
            commandLine: KernelCommandLine(options.append ?? []), rngSeed: [UInt8](repeating: 0, count: 32))
        request.hotplugChoice = options.isHotplug ? .promised : .whereOffered
        return request
    }
}
