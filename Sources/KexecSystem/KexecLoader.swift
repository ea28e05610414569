import HostState
import LoadPlan
import SystemPackage

/// Carries plans out. The only part of the program that changes anything on the machine.
public struct KexecLoader {
    private let systemCalls: any KexecSystemCalls
    private let root: SystemRoot

    /// - Parameter root: where the kernel's answers are explained from, the live machine's /proc
    ///   and /sys
    public init(_ systemCalls: any KexecSystemCalls, root: SystemRoot) {
        self.systemCalls = systemCalls
        self.root = root
    }

    /// Loads the image; returns the flags that the kernel took.
    @discardableResult
    public func load(_ plan: LoadPlan) throws(KexecError) -> KexecFlags {
        do throws(Errno) {
            try systemCalls.kexecLoad(KexecLoadCall(plan, flags: plan.flags))
            return plan.flags
        } catch {
            // An unknown flag is refused before anything is touched, so asking again is harmless.
            guard error == .invalidArgument, let olderFlags = plan.olderFlags else {
                throw failure(KexecLoadCall(plan, flags: plan.flags), error)
            }
            try make(KexecLoadCall(plan, flags: olderFlags))
            return olderFlags
        }
    }

    /// Releases the crash image, or the one for the next reboot.
    public func unload(crash: Bool, machine: UInt16) throws(KexecError) {
        let architecture = KexecFlags.architecture(machine: machine)
        try make(KexecLoadCall(unloading: crash ? architecture.union(.onCrash) : architecture))
    }

    private func make(_ call: KexecLoadCall) throws(KexecError) {
        do throws(Errno) { try systemCalls.kexecLoad(call) } catch { throw failure(call, error) }
    }

    private func failure(_ call: KexecLoadCall, _ errno: Errno) -> KexecError {
        KexecError(call: call, errno: errno, advice: KexecAdvice.advice(for: errno, in: root))
    }
}
