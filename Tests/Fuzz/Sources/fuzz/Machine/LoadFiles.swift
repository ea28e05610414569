import AArch64
import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LoadPlan
import PPC64LE
import PhysicalMemory
import RISCV64
import TestSupport
import X86_64

/// A load, of the files that are named without a slash: what the command's options and arguments would say.
enum LoadFiles {
    static func request(_ files: MachineFiles, on host: HostState) throws -> LoadRequest {
        let contents = files.contents
        let opened: OpenedKernel
        do { opened = try OpenedKernel(Bytes(contents["kernel"] ?? [])) } catch { throw PlanError.kernel("kernel", error) }
        let options = Options(rawValue: contents["options"]?.first ?? 0)
        let initrd = contents["initrd"].map { Bytes($0) } ?? opened.unified?.initrd
        let line =
            contents["append"] ?? opened.unified?.commandLine
            ?? InheritedCommandLine(KernelCommandLine(host.commandLine ?? []), isCaptureKernel: false, for: .crash).line.bytes
        var request = LoadRequest(
            purpose: options.contains(.reboot) ? .reboot : .crash, kernel: .init(name: "kernel", contents: opened.kernel),
            initrd: initrd.map { .init(name: "initrd", contents: $0) }, commandLine: KernelCommandLine(line),
            rngSeed: [UInt8](repeating: 0x5a, count: 32))
        request.hotplug = options.contains(.hotplug)
        request.checksDigest = !options.contains(.unchecked)
        // Two addresses may follow.
        if let window = contents["options"]?.dropFirst(), window.count >= 16 {
            let numbers = Array(window)
            request.memoryWindow = PhysicalRange(
                start: PhysicalAddress(numbers.littleEndian(at: 0, width: 8)), end: PhysicalAddress(numbers.littleEndian(at: 8, width: 8)))
        }
        return request
    }

    static func x86_64(_ files: MachineFiles, on host: HostState) -> X86_64 {
        let chosen = Options(rawValue: files.contents["options"]?.first ?? 0)
        var options = X86_64.Options()
        if let module = files.contents["module"] {
            options.modules = [.init(file: .init(name: "module", contents: Bytes(module)), text: Array("module".utf8))]
        }
        options.handsOverEFI = !chosen.contains(.withoutEFI)
        if chosen.contains(.enteredIn32Bit) { options.entry = .bits32 }
        if chosen.contains(.enteredInRealMode) { options.entry = .realMode }
        if let address = host.acpiRootAddress { options.acpiRoot = ACPIRootPointer.read(host, at: address) }
        return X86_64(options)
    }

    static func ppc64le(_ files: MachineFiles) throws -> PPC64LE {
        var options = PPC64LE.Options()
        options.deviceTree = try files.contents["dtb"].map { try DeviceTree($0.span) }
        return PPC64LE(options)
    }

    static func aarch64(_ files: MachineFiles) throws -> AArch64 {
        var options = AArch64.Options()
        options.deviceTree = try files.contents["dtb"].map { try DeviceTree($0.span) }
        options.handsOverEFI = !Options(rawValue: files.contents["options"]?.first ?? 0).contains(.withoutEFI)
        return AArch64(options)
    }

    static func riscv64(_ files: MachineFiles) throws -> RISCV64 {
        var options = RISCV64.Options()
        options.deviceTree = try files.contents["dtb"].map { try DeviceTree($0.span) }
        options.handsOverEFI = !Options(rawValue: files.contents["options"]?.first ?? 0).contains(.withoutEFI)
        return RISCV64(options)
    }

    /// The options of a load, a bit each.
    struct Options: OptionSet {
        let rawValue: UInt8
        static let hotplug = Options(rawValue: 1 << 0)
        static let reboot = Options(rawValue: 1 << 1)
        static let unchecked = Options(rawValue: 1 << 2)
        static let enteredIn32Bit = Options(rawValue: 1 << 3)
        static let enteredInRealMode = Options(rawValue: 1 << 4)
        static let withoutEFI = Options(rawValue: 1 << 5)
    }
}
