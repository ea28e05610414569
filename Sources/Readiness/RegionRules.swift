import HostState
import LoadPlan
import PhysicalMemory

/// The memory that is reserved for a crash kernel: whether there is some, and whether it is what
/// was asked for.
extension Assessment {
    var regionItems: [ReadinessItem] {
        [region, size, parameter, lentMemory].compactMap { $0 }
    }

    /// There is a line only where memory is lent and nothing says which: the ranges' file is newer than the parameter.
    private var lentMemory: ReadinessItem? {
        guard needsImage || capture == .image, let line = evidence.commandLine.value,
            let asked = line.values(of: "crashkernel").first(where: { $0.hasSuffix(",cma") }), evidence.crashCMARanges.isAbsent
        else { return nil }
        return ReadinessItem(
            .crashCMA, .warning, "crashkernel=\(asked) lends memory that no file shows: an image by kexec_load does not get it",
            evidence.crashCMARanges.file, remedy: "load with -s, or reserve enough without ,cma")
    }

    /// Nil when it can be read nowhere.
    private var reservedBytes: ByteCount? {
        evidence.crashSize.value.map { ByteCount($0) } ?? evidence.crashRegions.value.map { $0.last?.size ?? .zero }
    }

    /// How bad it is that nothing is reserved. Where an image is loaded all the same, the file
    /// cannot be right.
    private var withoutMemory: ReadinessItem.State { capture == .image ? .unknown : needsImage ? .bad : .info }

    private var remedyWithoutMemory: String? {
        guard withoutMemory == .bad else { return nil }
        guard let parameter = evidence.commandLine.value.flatMap({ CrashKernelParameter(on: $0) }) else {
            return "boot with crashkernel=256M or more"
        }
        return "crashkernel=\(parameter.text) reserved nothing (dmesg says why): ask for less or without an @offset, 256M for most machines"
    }

    private var region: ReadinessItem? {
        switch evidence.crashRegions {
        case .found(let regions, let file):
            if !regions.isEmpty {
                return ReadinessItem(.crashRegion, .ok, regions.map { "\($0), \($0.size)" }.joined(separator: "; "), file)
            }
            if let bytes = evidence.crashSize.value, bytes > 0 {
                return ReadinessItem(.crashRegion, .unknown, "none is listed, though memory is reserved", file)
            }
            return ReadinessItem(
                .crashRegion, withoutMemory, needsImage ? "none" : "none, and none is needed here", file, remedy: remedyWithoutMemory)
        case .absent, .unreadable: return ReadinessItem(.crashRegion, unread: evidence.crashRegions)
        }
    }

    private var size: ReadinessItem? {
        switch evidence.crashSize {
        case .found(0, let file):
            ReadinessItem(
                .crashSize, withoutMemory, needsImage ? "none" : "none, and none is needed here", file, remedy: remedyWithoutMemory)
        case .found(let bytes, let file): ReadinessItem(.crashSize, .ok, ByteCount(bytes).rounded, file)
        case .absent, .unreadable: ReadinessItem(.crashSize, unread: evidence.crashSize)
        }
    }

    private var parameter: ReadinessItem? {
        guard case .found(let line, let file) = evidence.commandLine else {
            return ReadinessItem(.crashKernelParameter, unread: evidence.commandLine)
        }
        guard let parameter = CrashKernelParameter(on: line) else {
            guard withoutMemory == .bad, reservedBytes ?? .zero == .zero else {
                return ReadinessItem(.crashKernelParameter, .info, "not given", file)
            }
            return ReadinessItem(.crashKernelParameter, .bad, "not given", file, remedy: remedyWithoutMemory)
        }
        guard needsImage, let reserved = reservedBytes, reserved > .zero || withoutMemory == .bad else {
            return ReadinessItem(.crashKernelParameter, .info, parameter.text, file)
        }
        switch parameter.size(ram: evidence.totalRAM.value) {
        case .bytes(.zero) where reserved == .zero:
            return ReadinessItem(
                .crashKernelParameter, .bad, "\(parameter.text) asks for nothing on a machine of this size", file,
                remedy: "boot with crashkernel=256M or more")
        case .garbled where reserved == .zero:
            return ReadinessItem(
                .crashKernelParameter, .bad, "'\(parameter.text)' is no size that the kernel knows", file,
                remedy: "boot with crashkernel=256M or more")
        case .bytes(let asked) where reserved < asked:
            return ReadinessItem(
                .crashKernelParameter, reserved == .zero ? .bad : .warning,
                "\(parameter.text) asks for \(asked.rounded), \(reserved == .zero ? "nothing" : reserved.rounded) is reserved", file,
                remedy: reserved == .zero ? remedyWithoutMemory : "reboot to reserve all of it: a running kernel only gives memory back")
        case .bytes, .unknown, .garbled:
            return ReadinessItem(.crashKernelParameter, reserved == .zero ? .info : .ok, parameter.text, file)
        }
    }
}

extension ByteCount {
    /// In whole MiB where that loses nothing that matters: "512 MiB" for 536,875,440 bytes.
    var rounded: String {
        let mebibytes = rawValue >> 20
        return mebibytes == 0 ? description : "\(mebibytes) MiB"
    }
}
