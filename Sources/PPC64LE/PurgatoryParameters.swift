import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

extension Load {
    var purgatory: PurgatoryImage { .ppc64le }

    func setParameters(of purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) {
        let isCrash = request.purpose == .crash
        if request.onMismatch == .reset, request.checksDigest { try requireReset(try places.memory(.purgatory)) }
        purgatory.set(PurgatoryPPC64LE.kernelHead, to: try kernel.head(staysInPlace: isCrash))
        purgatory.set(PurgatoryPPC64LE.kernel, to: try places.memory(.kernel).start.rawValue)
        purgatory.set(PurgatoryPPC64LE.runAtLoad, to: isCrash ? 1 : 0)
        purgatory.set(PurgatoryPPC64LE.fdt, to: places[.fdt]?.start.rawValue ?? 0)
        purgatory.set(PurgatoryPPC64LE.backup, to: places[.backup]?.start.rawValue ?? 0)
        purgatory.set(PurgatoryPPC64LE.opalBase, to: firmware.opal?.memory.start.rawValue ?? 0)
        purgatory.set(PurgatoryPPC64LE.opalEntry, to: firmware.opal?.entry ?? 0)
        purgatory.set(PurgatoryPPC64LE.vectorSha, to: firmware.hasVectorSHA ? 1 : 0)
        purgatory.set(PurgatoryPPC64LE.hasTerminal, to: firmware.terminal == nil ? 0 : 1)
        purgatory.set(PurgatoryPPC64LE.terminal, to: firmware.terminal ?? 0)
        purgatory.set(PurgatoryPPC64LE.rtasBase, to: UInt32(clamping: firmware.rtas?.memory.start.rawValue ?? 0))
        purgatory.set(PurgatoryPPC64LE.rtasEntry, to: firmware.rtas?.entry ?? 0)
        purgatory.set(PurgatoryPPC64LE.rtasReboot, to: firmware.rtas?.rebootToken ?? 0)
    }

    private func requireReset(_ purgatory: PhysicalRange) throws(PlanError) {
        guard firmware.rtas?.rebootToken != nil else {
            throw .entry("--on-mismatch=reset", "purgatory resets a machine by RTAS, which this one does not have")
        }
        guard purgatory.end <= Layout.fourGibibytes else {
            throw .entry("--on-mismatch=reset", "purgatory at \(purgatory) cannot call RTAS, which lives below 4 GiB")
        }
    }
}
