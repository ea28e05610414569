import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import TestSupport

extension FuzzTarget {
    /// A whole load up to the system call: a machine, a kernel, what goes with it, and how it is to be loaded.
    static let plan = FuzzTarget(name: "plan") {
        let files = ["initrd": Array("initrd".utf8), "append": Array("console=ttyS0,115200 quiet".utf8)]
        let linux = SyntheticBzImage(protectedMode: [UInt8](repeating: 0x90, count: 256)).bytes
        let elf = SyntheticELFKernel([.init(at: 0x100_0000, Array("a kernel's text and data".utf8), memorySize: 0x1000)])
        var relocatable = elf
        relocatable.type = 3
        let unified = SyntheticPE.unified(linux: linux, initrd: Array("initrd".utf8)).bytes
        let loads: [(kernel: [UInt8], options: PlanOptions)] = [
            (linux, []), (linux, .hotplug), (linux, .reboot), (linux, [.reboot, .enteredIn32Bit]), (linux, [.reboot, .enteredInRealMode]),
            (relocatable.bytes, []), (elf.bytes, .reboot), (unified, [.hotplug, .unchecked]),
        ]
        var seeds: [[UInt8]] = []
        for (kernel, options) in loads {
            seeds += try machineSeeds(with: files.merging(["kernel": kernel, "options": [options.rawValue]]) { $1 })
        }
        for version in [1, 2] {
            seeds += try machineSeeds(with: [
                "kernel": SyntheticMultiboot(version: version).bytes, "module": Array("module".utf8), "append": Array("a b".utf8),
                "options": [PlanOptions.reboot.rawValue],
            ])
        }
        return seeds
    } read: { bytes in
        let files = MachineFiles(bytes)
        machineFolder.hold(files)
        attempt {
            let host = try HostState.read(machineFolder.root)
            let request = try request(files, on: host)
            attempt {
                let plan = try FileLoadPlan(request, on: host, for: X86_64(), extraFlags: [], warnings: [])
                promise(isLines(FilePlanTable.text(plan)) && isLines(FilePlanJSON.text(plan)), "a plan's text has no control characters")
            }
            let plan = try Planner.plan(request, on: host, for: X86_64())
            check(plan)
            let texts = [PlanTable.text(plan), PlanJSON.text(plan, files: nil)] + [1, 80, 1000].map { PlanMap.text(plan, width: $0) }
            for text in texts { promise(isLines(text), "a plan's text has no control characters") }
        }
    }

    private static func request(_ files: MachineFiles, on host: HostState) throws -> LoadRequest {
        let contents = files.contents
        let opened: OpenedKernel
        do { opened = try OpenedKernel(Bytes(contents["kernel"] ?? [])) } catch { throw PlanError.kernel("kernel", error) }
        let options = PlanOptions(rawValue: contents["options"]?.first ?? 0)
        let initrd = contents["initrd"].map { Bytes($0) } ?? opened.unified?.initrd
        let line = contents["append"] ?? opened.unified?.commandLine ?? KernelCommandLine(host.commandLine ?? []).reusable(for: .crash).bytes
        var request = LoadRequest(
            purpose: options.contains(.reboot) ? .reboot : .crash, kernel: .init(name: "kernel", contents: opened.kernel),
            initrd: initrd.map { .init(name: "initrd", contents: $0) }, commandLine: KernelCommandLine(line),
            rngSeed: [UInt8](repeating: 0x5a, count: 32))
        if let module = contents["module"] { request.modules = [.init(name: "module", contents: Bytes(module), text: Array("module".utf8))] }
        request.hotplug = options.contains(.hotplug)
        request.checksDigest = !options.contains(.unchecked)
        request.handsOverEFI = !options.contains(.withoutEFI)
        if options.contains(.enteredIn32Bit) { request.entry = .bits32 }
        if options.contains(.enteredInRealMode) { request.entry = .realMode }
        if let address = host.acpiRootAddress { request.acpiRoot = ACPIRootPointer.read(host, at: address) }
        // Two addresses may follow.
        if let window = contents["options"]?.dropFirst(), window.count >= 16 {
            let numbers = Array(window)
            request.memoryWindow = PhysicalRange(
                start: PhysicalAddress(numbers.littleEndian(at: 0, width: 8)), end: PhysicalAddress(numbers.littleEndian(at: 8, width: 8)))
        }
        return request
    }

    /// The rules that the kernel has for segments, written down here a second time on purpose.
    private static func check(_ plan: LoadPlan) {
        func lies(_ range: PhysicalRange) -> Bool { plan.usableMemory.contains { $0.start <= range.start && range.end <= $0.end } }
        promise(1...16 ~= plan.segments.count, "1 to 16 segments")
        for segment in plan.segments {
            promise(segment.memory.start.rawValue % 4096 == 0 && segment.memory.end.rawValue % 4096 == 0, "whole pages")
            promise(lies(segment.memory), "within usable memory")
            promise(UInt64(segment.contents.count) <= segment.memory.size.rawValue, "what is loaded fits")
        }
        for (segment, next) in zip(plan.segments, plan.segments.dropFirst()) {
            promise(segment.memory.end <= next.memory.start, "in order, without overlap")
        }
        promise(plan.segments.contains { $0.role == .purgatory && $0.memory.contains(plan.entry) }, "the entry is in purgatory")
        promise(!plan.commandLine.bytes.contains(0), "no NUL in the command line")
    }
}

/// The options of a load, a bit each.
private struct PlanOptions: OptionSet {
    let rawValue: UInt8
    static let hotplug = PlanOptions(rawValue: 1 << 0)
    static let reboot = PlanOptions(rawValue: 1 << 1)
    static let unchecked = PlanOptions(rawValue: 1 << 2)
    static let enteredIn32Bit = PlanOptions(rawValue: 1 << 3)
    static let enteredInRealMode = PlanOptions(rawValue: 1 << 4)
    static let withoutEFI = PlanOptions(rawValue: 1 << 5)
}
