import HostState

extension LoadPlan {
    /// What must be true of a machine for the plan to be carried out there. On another one, and after a
    /// change of the one it was made for, it is refused.
    public func preconditions(on host: HostState, for architecture: any TargetArchitecture) -> [Precondition] {
        let always = [host.releasePrecondition, host.bootPrecondition].compactMap { $0 }
        let ofMemory: [Precondition] =
            switch purpose {
            case .crash:
                [
                    host.crashRegionPrecondition, host.crashCMAPrecondition, host.vmcoreinfoPrecondition, host.crashNotesPrecondition,
                    host.memoryPrecondition,
                ].compactMap { $0 }
            case .reboot: host.memoryPreconditions(under: segments.map(\.memory))
            }
        return always + ofMemory + architecture.preconditions(of: self, on: host)
    }
}
