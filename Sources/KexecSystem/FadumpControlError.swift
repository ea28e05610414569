import FirmwareAssistedDump
import HostState
import SystemPackage

/// Why an operation on the control files of firmware-assisted dump failed, and what to do.
public enum FadumpControlError: Error, CustomStringConvertible {
    /// None of the files is there.
    case unsupported([FilePath], firmwareCan: Bool)
    /// Fadump was not asked for at boot, or the kernel fell back to kdump: the file that says so.
    case disabled(FilePath)
    /// A dump is to be saved first; the file that releases it.
    case dumpActive(FilePath)
    /// There is no dump to be released.
    case noDump(FilePath)
    /// This kernel or machine has no room for arguments: the file that is missing.
    case noArguments(FilePath)
    /// The room for arguments is in use for something else.
    case argumentsReleased(FilePath)
    /// The kernel answered with an error: what was written, the answer, what it means.
    case call(FilePath, wrote: String, Errno, String)
    /// The write went well, and reading shows that nothing came of it.
    case notTaken(FilePath, wrote: String, found: String)
    /// The state cannot be read.
    case state(HostStateError)

    public var description: String {
        switch self {
        case .unsupported(let files, let firmwareCan):
            "neither \(files.map(\.string).joined(separator: " nor ")) exists: "
                + (firmwareCan
                    ? "the firmware could take a dump, this kernel cannot (CONFIG_FA_DUMP)"
                    : "there is no firmware-assisted dump here, which only PowerPC machines have")
        case .disabled(let file): "\(file) reads 0: fadump is disabled; boot with fadump=on and crashkernel=SIZE"
        case .dumpActive(let file):
            "a dump waits to be saved: save /proc/vmcore, then give its memory back (swkexec fadump release-memory, which writes 1 to \(file))"
        case .noDump(let file): "there is no \(file): the firmware did not start this kernel, there is no dump to release"
        case .noArguments(let file):
            "there is no \(file): this kernel (6.10 or newer is needed) or this machine has no room for extra arguments"
        case .argumentsReleased(let file):
            "\(file): the room for arguments was given back with the dump, and a write would go into memory that is in use: reboot first"
        case .call(let file, let text, let errno, let advice): "write '\(Self.beginning(text))' to \(file): \(errno): \(advice)"
        case .notTaken(let file, let text, let found): "\(file): after writing '\(Self.beginning(text))' \(found); dmesg may say why"
        case .state(let error): "\(error)"
        }
    }

    /// As much of what was written as a message has room for.
    private static func beginning(_ text: String) -> String {
        let line = text.prefix { $0 != "\n" }
        return line.count <= longest ? String(line) : "\(line.prefix(longest))…"
    }

    private static let longest = 60
}

/// What an errno of a control file means (arch/powerpc/kernel/fadump.c, the store functions).
enum FadumpAdvice {
    static func advice(for errno: Errno, _ file: FilePath, _ state: FadumpState) -> String {
        switch errno {
        case .permissionDenied: "root is needed"
        case .notPermitted: notPermitted(file, state)
        case .noSuchFileOrDirectory: "this kernel has no such file, or it has just gone"
        case .invalidArgument: file.lastComponent?.string == "bootargs_append" ? tooLong(state) : "the kernel does not take this value"
        case .noSpace: "the capture kernel's command line would be longer than the kernel takes"
        case .fileExists: "this kernel does not register anew: unregister first"
        default: "the firmware or the kernel refused; dmesg says why"
        }
    }

    private static func notPermitted(_ file: FilePath, _ state: FadumpState) -> String {
        if state.releaseFile == file { return "there is no dump any more, it was released" }
        if !state.isEnabled { return "fadump is disabled" }
        if state.releaseFile != nil, state.isDumpActive != false { return "a dump is active: save it and release its memory first" }
        return "not allowed now: fadump is disabled or a dump is active"
    }

    private static func tooLong(_ state: FadumpState) -> String {
        guard let area = state.regions.value?.parameters else { return "the text is too long" }
        return "the text is too long: with its line end it must have less than \(area.size.rawValue) bytes"
    }
}
