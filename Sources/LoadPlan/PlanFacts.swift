import HostState

extension LoadPlan {
    /// What the plan takes for granted of the machine it was made for. On any other machine, and after
    /// a change of this one, it must not be carried out.
    public func facts(on host: HostState, for architecture: any TargetArchitecture) -> [Precondition] {
        let always = [host.releasePrecondition, host.bootPrecondition].compactMap { $0 }
        let ofMemory: [Precondition] =
            switch purpose {
            case .crash:
                [host.crashRegionPrecondition, host.vmcoreinfoPrecondition, host.crashNotesPrecondition, host.memoryPrecondition]
                    .compactMap { $0 }
            case .reboot: host.memoryPreconditions(under: segments.map(\.memory))
            }
        return always + ofMemory + architecture.facts(of: self, on: host)
    }
}
