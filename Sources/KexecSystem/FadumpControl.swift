import FirmwareAssistedDump
import HostState
import SystemPackage

/// Operations on the control files of firmware-assisted dump. Each may be repeated: what is already so
/// is not written again. What was written is read back.
public struct FadumpControl {
    private let systemCalls: any KexecSystemCalls
    private let root: SystemRoot

    /// Reads below `root`, and writes by `systemCalls`.
    public init(_ systemCalls: any KexecSystemCalls, root: SystemRoot) {
        self.systemCalls = systemCalls
        self.root = root
    }

    /// What came of an operation that did not fail.
    public enum Outcome: Hashable, Sendable {
        /// What was written, to which file, and read back as it should be.
        case wrote(String, to: FilePath)
        /// It was already so: no file was written.
        case unchanged
    }

    /// Has the firmware take the dump of a crash.
    public func register() throws(FadumpControlError) -> Outcome {
        let state = try readyToRegister()
        return state.isRegistered ? .unchanged : try switchRegistration(to: 1, state)
    }

    /// Registers anew: on kernels before 6.10 the dump describes the memory of now from then on.
    public func reload() throws(FadumpControlError) -> Outcome {
        try switchRegistration(to: 1, try readyToRegister())
    }

    /// Has the firmware take no dump any more.
    public func unregister() throws(FadumpControlError) -> Outcome {
        let state = try supported()
        guard state.isEnabled, state.isRegistered else { return .unchanged }
        return try switchRegistration(to: 0, state)
    }

    /// Gives the memory that holds a saved dump back, and /proc/vmcore up, in the kernel that the
    /// firmware started for it.
    public func releaseMemory() throws(FadumpControlError) -> Outcome {
        let state = try supported()
        guard let file = state.releaseFile else { throw .noDump(root.file(FadumpState.releaseNames[0])) }
        guard state.isDumpActive != false || state.hasVmcore else { return .unchanged }
        try write(Array("1".utf8), to: file, state)
        // The file itself cannot be read.
        let after = FadumpState.read(root)
        guard after.isDumpActive != true, !after.hasVmcore else { throw .notTaken(file, wrote: "1", found: "the dump is still there") }
        return .wrote("1", to: file)
    }

    /// Sets what the capture kernel's command line gets at its end, in place of what was set before.
    /// - Parameter text: empty for nothing, which is no error where fadump is disabled
    public func setArguments(_ text: [UInt8]) throws(FadumpControlError) -> Outcome {
        let state = try supported()
        guard state.isEnabled else {
            // Kernels from 6.12 to 6.18 have the file where fadump is disabled, too; a capture kernel that never starts gets nothing.
            guard text.isEmpty else { throw .disabled(state.enabled.file) }
            return .unchanged
        }
        let file = root.file(FadumpState.argumentsName)
        guard let present = try arguments() else { throw .noArguments(file) }
        guard !state.wasReleased else { throw .argumentsReleased(file) }
        guard present != text else { return .unchanged }
        // A write of no bytes never reaches the kernel; a line end it takes off.
        try write(text + [0x0a], to: file, state)
        let found = try arguments() ?? []
        guard found == text else {
            throw .notTaken(
                file, wrote: String(decoding: text, as: UTF8.self), found: "it reads '\(String(decoding: found, as: UTF8.self))'")
        }
        return .wrote(String(decoding: text, as: UTF8.self), to: file)
    }

    // MARK: -

    private func supported() throws(FadumpControlError) -> FadumpState {
        let state = FadumpState.read(root)
        switch state.enabled {
        case .found: return state
        case .absent: throw .unsupported(FadumpState.enabledNames.map { root.file($0) }, firmwareCan: state.firmwareCan)
        case .unreadable(_, let error): throw .state(error)
        }
    }

    /// The state in which a registration begins. Throws where none can, before anything is written.
    @discardableResult
    public func readyToRegister() throws(FadumpControlError) -> FadumpState {
        let state = try supported()
        guard state.isEnabled else { throw .disabled(state.enabled.file) }
        if state.isDumpActive == true { throw .dumpActive(state.releaseFile ?? root.file(FadumpState.releaseNames[0])) }
        return state
    }

    private func switchRegistration(to value: UInt64, _ state: FadumpState) throws(FadumpControlError) -> Outcome {
        let file = state.registered.file
        try write(Array("\(value)".utf8), to: file, state)
        switch FadumpState.read(root).registered {
        case .found(value, _): return .wrote("\(value)", to: file)
        case .found(let found, _): throw .notTaken(file, wrote: "\(value)", found: "it reads \(found)")
        case .absent: throw .notTaken(file, wrote: "\(value)", found: "it is gone")
        case .unreadable(_, let error): throw .state(error)
        }
    }

    /// Without the line end that the kernel prints; nil where there is no such file.
    private func arguments() throws(FadumpControlError) -> [UInt8]? {
        do throws(HostStateError) {
            guard let bytes = try root.read(FadumpState.argumentsName) else { return nil }
            return bytes.last == 0x0a ? bytes.dropLast() : bytes
        } catch {
            throw .state(error)
        }
    }

    private func write(_ bytes: [UInt8], to file: FilePath, _ state: FadumpState) throws(FadumpControlError) {
        do throws(Errno) { try systemCalls.writeControlFile(file, bytes) } catch {
            throw .call(file, wrote: String(decoding: bytes, as: UTF8.self), error, FadumpAdvice.advice(for: error, file, state))
        }
    }
}
