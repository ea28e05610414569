import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import TestSupport

/// A load, of the files that are named without a slash: what the command's options and arguments would say.
enum LoadFiles {
    static func request(_ files: MachineFiles, on host: HostState) throws -> LoadRequest {
        let contents = files.contents
        let opened: OpenedKernel
        do { opened = try OpenedKernel(Bytes(contents["kernel"] ?? [])) } catch { throw PlanError.kernel("kernel", error) }
        let options = Options(rawValue: contents["options"]?.first ?? 0)
        let initrd = contents["initrd"].map { Bytes($0) } ?? opened.unified?.initrd
        let line =
            contents["append"] ?? opened.unified?.commandLine ?? KernelCommandLine(host.commandLine ?? []).reusable(for: .crash).bytes
        var request = LoadRequest(
            purpose: options.contains(.reboot) ? .reboot : .crash, kernel: .init(name: "kernel", contents: opened.kernel),
            initrd: initrd.map { .init(name: "initrd", contents: $0) }, commandLine: KernelCommandLine(line),
            rngSeed: [UInt8](repeating: 0x5a, count: 32))
        request.deviceTree = try contents["dtb"].map { .init(name: "dtb", contents: try DeviceTree($0.span)) }
        if let module = contents["module"] {
            request.modules = [.init(name: "module", contents: Bytes(module), text: Array("module".utf8))]
        }
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
