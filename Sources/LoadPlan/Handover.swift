import HostState
import SystemPackage

/// State of the running kernel that its own loader hands to the next one, and an image that is loaded by kexec_load(2) does not.
public enum Handover: String, CaseIterable, Sendable {
    /// Memory that subsystems preserve (Kexec HandOver).
    case kho
    /// Files and devices that go on after the reboot (Live Update Orchestrator).
    case liveUpdate = "liveupdate"
    /// Volume keys for the disk that a dump is saved to.
    case volumeKeys = "keys"
    /// IMA's log of measurements.
    case imaLog = "ima"

    /// Whether whoever loses it has to say so: the log alone can be done without.
    public var isGrave: Bool { self != .imaLog }

    /// What it is, for messages.
    public var what: String {
        switch self {
        case .kho: "memory that this kernel preserves for the next one (kexec handover)"
        case .liveUpdate: "state of a live update"
        case .volumeKeys: "volume keys by which the capture kernel would open an encrypted disk"
        case .imaLog: "IMA's log of measurements"
        }
    }
}

/// A piece of such state that a load by kexec_load(2) loses.
public struct LostHandover: Hashable, Sendable {
    /// What is lost.
    public let handover: Handover
    /// Where the machine shows that it is there.
    public let file: FilePath
    /// The user has said that it may be (`--drop-handover`).
    public let isDropped: Bool

    /// What an image of that purpose would lose on the machine. A kernel that keeps its context serialises nothing, since it goes on itself.
    /// - Parameter dropped: what the user gives up knowingly
    public static func all(
        _ state: HandoverState, purpose: LoadPlan.Purpose, preservesContext: Bool = false, dropped: Set<Handover>
    ) -> [LostHandover] {
        guard !preservesContext else { return [] }
        let shown: [(Handover, FilePath?)] =
            switch purpose {
            case .crash: [(.volumeKeys, state.volumeKeys)]
            case .reboot: [(.kho, state.kho), (.liveUpdate, state.liveUpdate), (.imaLog, state.imaLog)]
            }
        return shown.compactMap { handover, file in
            file.map { LostHandover(handover: handover, file: $0, isDropped: dropped.contains(handover)) }
        }
    }

    /// Throws for the first that may not be lost without a word.
    public static func require(_ lost: [LostHandover]) throws(PlanError) {
        if let grave = lost.first(where: { $0.handover.isGrave && !$0.isDropped }) { throw .handover(grave) }
    }

    /// That it is lost though nobody said it may be.
    var warning: String? {
        isDropped || handover.isGrave
            ? nil : "kexec_load does not hand on \(handover.what) (\(file)), as the kernel's own loader (-s) does where it is built for it"
    }
}
