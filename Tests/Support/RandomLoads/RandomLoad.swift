import AArch64
import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PPC64LE
import PhysicalMemory
import PlanChecker
import RISCV64
import X86_64

/// A random load of a random machine: what is asked for, and what became of it.
public struct RandomLoad: CustomStringConvertible {
    public enum Outcome {
        case plan(LoadPlan)
        /// A typed error's text.
        case refused(String)
        /// An error of no type of the program's.
        case strange(String)
    }

    public let machine: RandomMachine
    public let request: CheckedRequest
    private let kernel: [UInt8]

    public init(_ architecture: CheckedArchitecture, _ choices: inout Choices) throws {
        var machine: RandomMachine
        let kernel: RandomKernel
        switch architecture {
        case .x86_64: (machine, kernel) = (.pc(&choices), .x86(&choices))
        case .ppc64le: (machine, kernel) = (.powerPC(&choices), .ppc64(&choices))
        case .aarch64: (machine, kernel) = (try .arm64(&choices), .arm64(&choices))
        case .riscv64: (machine, kernel) = (try .riscv64(&choices), .riscv64(&choices))
        }
        let isCrash = choices.percent(50)
        // Of the machine's files the firmware's map alone has it, which a crash load does not read.
        if !isCrash, let martian = machine.martianMemory { machine.facts.notRAM.append((martian, "Martian memory")) }
        if isCrash { machine.facts.firmwareRAM = nil }
        self.machine = machine
        self.kernel = kernel.bytes
        request = CheckedRequest(
            isCrash: isCrash, hotplug: choices.percent(40), checksDigest: choices.percent(90), kernel: kernel.facts,
            initrd: choices.percent(60) ? choices.bytes(Int(choices.size(1...20_000, unit: 1))) : nil,
            commandLine: Array(choices.pick(["", "console=ttyS0 quiet", "root=/dev/vda1 a=\"b c\" --  d", "x"]).utf8),
            window: Self.window(machine.facts, &choices))
    }

    private static func window(_ machine: CheckedMachine, _ choices: inout Choices) -> Extent? {
        guard choices.percent(25) else { return nil }
        let extents = machine.ram.extents + machine.crashRegions
        let (first, second) = (choices.pick(extents), choices.pick(extents))
        let ends = [first.start + choices.number(0...first.size), second.start + choices.number(0...second.size)].sorted()
        return ends[0] < ends[1] ? Extent(ends[0], ends[1]) : nil
    }

    /// Plans it.
    public func outcome() -> Outcome {
        do {
            let host = try HostState.read(machine.root)
            return .plan(try Planner.plan(try loadRequest(), on: host, for: architecture))
        } catch let error as PlanError {
            return .refused("\(error)")
        } catch let error as HostStateError {
            return .refused("\(error)")
        } catch {
            return .strange("\(error)")
        }
    }

    private var architecture: any TargetArchitecture {
        switch machine.facts.architecture {
        case .x86_64: X86_64()
        case .ppc64le: PPC64LE()
        case .aarch64: AArch64()
        case .riscv64: RISCV64()
        }
    }

    private func loadRequest() throws -> LoadRequest {
        let file: KernelFile
        do { file = try KernelFile(Bytes(kernel)) } catch { throw PlanError.kernel("kernel", error) }
        var load = LoadRequest(
            purpose: request.isCrash ? .crash : .reboot, kernel: .init(name: "kernel", contents: file),
            initrd: request.initrd.map { .init(name: "initrd", contents: Bytes($0)) }, commandLine: KernelCommandLine(request.commandLine),
            rngSeed: [UInt8](repeating: 0x5a, count: 32))
        load.hotplug = request.hotplug
        load.checksDigest = request.checksDigest
        load.memoryWindow = request.window.flatMap(\.range)
        return load
    }

    private static func array(_ bytes: Bytes) -> [UInt8] {
        bytes.withSpan { span in
            var array: [UInt8] = []
            array.reserveCapacity(span.count)
            for index in span.indices { array.append(span[index]) }
            return array
        }
    }

    /// The machine and the request, as much as it takes to make them again.
    public var description: String {
        var text = "kernel \(request.kernel)\n\(request.isCrash ? "crash" : "reboot")"
        text += request.hotplug ? ", hotplug" : ""
        text += request.window.map { ", window \($0)" } ?? ""
        text += ", initrd of \(request.initrd?.count ?? 0) bytes, command line '\(String(decoding: request.commandLine, as: UTF8.self))'\n"
        for (name, bytes) in machine.files.sorted(by: { $0.key < $1.key }) where !Self.isLong(name) {
            text += "\(name):\n\(String(decoding: bytes, as: UTF8.self))"
        }
        for (name, bytes) in machine.treeFiles.sorted(by: { $0.key < $1.key }) where bytes.count < 200 {
            text += "\(name): \(bytes.map { String($0, radix: 16) }.joined(separator: " "))\n"
        }
        return text
    }

    private static func isLong(_ name: String) -> Bool { ["proc/kcore", "sys/kernel/boot_params/data"].contains(name) }

    /// A plan as the checker takes it.
    public static func image(of plan: LoadPlan) -> CheckedImage {
        let segments = plan.segments.map { segment in
            CheckedSegment(
                role: segment.role.rawValue, memory: Extent(segment.memory.start.rawValue, segment.memory.end.rawValue),
                bytes: array(segment.contents))
        }
        return CheckedImage(
            entry: plan.entry.rawValue, flags: UInt64(plan.flags.rawValue), segments: segments,
            digest: plan.digest.map { Array($0.value.bytes) })
    }

    /// What the checker finds wrong with a plan for it.
    /// - Parameter digestToo: hashing takes most of the time
    public func violations(of plan: LoadPlan, digestToo: Bool) -> [Violation] {
        PlanChecker.violations(of: Self.image(of: plan), for: request, on: machine.facts, digestToo: digestToo)
    }
}

extension Extent {
    var range: PhysicalRange? { PhysicalRange(start: PhysicalAddress(start), end: PhysicalAddress(end)) }
}
