import DeviceTree
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

extension Load {
    var purgatory: PurgatoryImage { .aarch64 }

    func setParameters(of purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) {
        let reset = try resetCall()
        if request.onMismatch == .reset, request.checksDigest, reset == nil {
            throw .entry("--on-mismatch=reset", "purgatory resets a machine by PSCI, which its device tree does not name")
        }
        guard let kernelStart = try places.memory(.kernel).start.advanced(by: kernel.header.textOffset) else {
            throw .rule(.kernel, "it reaches beyond the address space")
        }
        purgatory.set(PurgatoryAArch64.kernelEntry, to: kernelStart.rawValue)
        purgatory.set(PurgatoryAArch64.fdt, to: places[.fdt]?.start.rawValue ?? 0)
        purgatory.set(PurgatoryAArch64.caches, to: options.purgatoryUsesCaches ? 1 : 0)
        purgatory.set(PurgatoryAArch64.uartKind, to: console?.kind.rawValue ?? 0)
        purgatory.set(PurgatoryAArch64.uart, to: console?.registers ?? 0)
        purgatory.set(PurgatoryAArch64.psci, to: reset ?? 0)
    }

    /// As in Purgatory/aarch64/parameters_aarch64.h; nil where firmware has no such call.
    private func resetCall() throws(PlanError) -> UInt32? {
        do throws(DeviceTreeError) {
            return try bootTree.tree.node("/psci")?.string("method").flatMap { ["hvc": 1, "smc": 2][$0] }
        } catch {
            throw .deviceTree(error)
        }
    }
}
