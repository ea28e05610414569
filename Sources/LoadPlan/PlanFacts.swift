import HostState

extension LoadPlan {
    /// What the plan takes for granted of the machine it was made for. On any other machine, and after
    /// a change of this one, it must not be carried out.
    public func facts(on host: HostState, for architecture: any TargetArchitecture) -> [TargetFact] {
        let always = [host.releaseFact, host.bootFact].compactMap { $0 }
        let ofMemory: [TargetFact] =
            switch purpose {
            case .crash: [host.crashRegionFact, host.vmcoreinfoFact, host.crashNotesFact, host.memoryFact].compactMap { $0 }
            case .reboot: host.memoryFacts(under: segments.map(\.memory))
            }
        return always + ofMemory + architecture.facts(of: self, on: host)
    }
}
