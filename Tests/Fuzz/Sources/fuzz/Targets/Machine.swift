import HostState
import Readiness
import Reports

extension FuzzTarget {
    /// /proc and /sys as plans and checks read them.
    static let machine = FuzzTarget(name: "machine") {
        machineSeeds()
    } read: { bytes in
        let root = MachineFiles(bytes).root
        attempt { _ = try HostState.read(root) }
        let evidence = Evidence.read(root, for: nil)
        for hotplug in [false, true] {
            let readiness = Readiness(evidence, hotplug: hotplug, image: nil)
            checkText(of: ReadinessReport(readiness))
        }
    }

    /// Recorded machines with BIOS and with EFI, and one with fadump; each as it is, and once with each of its files.
    static func machineSeeds() -> [[UInt8]] {
        [MachineBase.bios, .efi, .fadump].flatMap { base in [MachineFiles(base).bytes] + showing(base) }
    }

    /// A machine with one file after the other.
    static func showing(_ base: MachineBase, with others: [String: [UInt8]] = [:]) -> [[UInt8]] {
        base.contents.keys.sorted().map { name in
            var files = MachineFiles(base, with: others)
            files.shown = [name]
            return files.bytes
        }
    }
}
