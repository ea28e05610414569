import TestSupport
import Testing

extension PlanFacts {
    /// The peer's names of what we have names for, too.
    private static let roles = ["bootparams": "bootParameters", "realmode": "realMode"]

    /// What kexec-tools did.
    init(_ peer: PeerCall) throws {
        // The entry must lie in what is its purgatory.
        let purgatory = try #require(peer.segment("purgatory"))
        try #require(purgatory.start..<purgatory.start + purgatory.memorySize ~= peer.entry)
        let others = peer.segments.filter { $0.role != "purgatory" }

        flags = peer.flags
        kernelMode = peer.segment("realmode") == nil ? peer.kernel : "real mode"
        segments = Dictionary(uniqueKeysWithValues: others.map { (Self.roles[$0.role] ?? $0.role, $0.memorySize) })
        files = Dictionary(uniqueKeysWithValues: others.filter { ["kernel", "initrd"].contains($0.role) }.map { ($0.role, $0.loadedSize) })
        digest = try peer.digest.map { digest in
            let covered = peer.segments.filter { digest.covers.contains($0.role) }
            try #require(covered.reduce(0) { $0 + $1.memorySize } == digest.bytes)
            return Digest(covers: Set(digest.covers.map { Self.roles[$0] ?? $0 }), includesZeroes: true)
        }
        elfcorehdr = try peer.elfcorehdr.map { try #require(CoreProgramHeader.table(of: $0)) } ?? []
        told = try peer.zeroPage.map { page in
            let nodes = peer.setupData.map { ($0.type, $0.data ?? [UInt8](repeating: 0, count: $0.length)) }
            return try Told(
                zeroPage: page, commandLine: try #require(peer.commandLine), setupData: Dictionary(uniqueKeysWithValues: nodes),
                efiRuntimeMap: peer.efiRuntimeMap, initrd: peer.segment("initrd").map { ($0.start, $0.loadedSize) })
        }
    }
}
