import HostState
import LoadPlan
import SystemPackage

/// Carries plans out. With `Reboot`, the only part of the program that changes anything on the
/// machine.
public struct KexecLoader {
    private let systemCalls: any KexecSystemCalls
    private let root: SystemRoot

    /// - Parameter root: where the kernel's answers are explained from, the live machine's /proc
    ///   and /sys
    public init(_ systemCalls: any KexecSystemCalls, root: SystemRoot) {
        self.systemCalls = systemCalls
        self.root = root
    }

    // MARK: - kexec_load(2)

    /// Loads the image; returns the flags that the kernel took.
    @discardableResult
    public func load(_ plan: LoadPlan) throws(KexecError) -> KexecFlags {
        do throws(Errno) {
            try systemCalls.kexecLoad(KexecLoadCall(plan, flags: plan.flags))
            return plan.flags
        } catch {
            // An unknown flag is refused before anything is touched, so asking again is harmless.
            guard error == .invalidArgument, let olderFlags = plan.olderFlags else {
                throw failure(KexecLoadCall(plan, flags: plan.flags), plan.purpose, error)
            }
            try make(KexecLoadCall(plan, flags: olderFlags), plan.purpose)
            return olderFlags
        }
    }

    /// Releases the crash image, or the one for the next reboot.
    public func unload(crash: Bool, machine: UInt16) throws(KexecError) {
        let architecture = KexecFlags.architecture(machine: machine)
        try make(KexecLoadCall(unloading: crash ? architecture.union(.onCrash) : architecture), crash ? .crash : .reboot)
    }

    private func make(_ call: KexecLoadCall, _ purpose: LoadPlan.Purpose) throws(KexecError) {
        do throws(Errno) { try systemCalls.kexecLoad(call) } catch { throw failure(call, purpose, error) }
    }

    private func failure(_ call: KexecLoadCall, _ purpose: LoadPlan.Purpose, _ errno: Errno) -> KexecError {
        guard errno == .invalidArgument, call.flags.contains(.preserveContext) else {
            return failure(call.description, .segments(purpose), errno)
        }
        return KexecError(call: call.description, errno: errno, advice: KexecAdvice.cannotPreserveContext)
    }

    // MARK: - kexec_file_load(2)

    /// Has the kernel load the files; returns the flags that it took.
    @discardableResult
    public func load(_ plan: FileLoadPlan) throws(KexecError) -> KexecFileFlags {
        do throws(Errno) {
            try systemCalls.kexecFileLoad(KexecFileLoadCall(plan, flags: plan.flags))
            return plan.flags
        } catch {
            // An older kernel refuses the debug flag, which changes nothing of what is loaded.
            let quiet = plan.flags.subtracting(.debug)
            guard error == .invalidArgument, quiet != plan.flags else {
                throw failure(KexecFileLoadCall(plan, flags: plan.flags).description, .files(plan.purpose), error)
            }
            let call = KexecFileLoadCall(plan, flags: quiet)
            do throws(Errno) { try systemCalls.kexecFileLoad(call) } catch {
                throw failure(call.description, .files(plan.purpose), error)
            }
            return quiet
        }
    }

    /// Releases an image by kexec_file_load(2), whichever call it was loaded by.
    public func unloadByFileCall(crash: Bool) throws(KexecError) {
        let call = KexecFileLoadCall(unloading: crash ? .onCrash : [])
        do throws(Errno) { try systemCalls.kexecFileLoad(call) } catch {
            throw failure(call.description, .files(crash ? .crash : .reboot), error)
        }
    }

    private func failure(_ call: String, _ kind: KexecAdvice.Call, _ errno: Errno) -> KexecError {
        KexecError(call: call, errno: errno, advice: KexecAdvice(call: kind, root: root).text(for: errno))
    }
}
