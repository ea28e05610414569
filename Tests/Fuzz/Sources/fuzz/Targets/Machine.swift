import HostState
import Readiness
import Reports
import TestSupport

extension FuzzTarget {
    /// /proc and /sys as plans and checks read them.
    static let machine = FuzzTarget(name: "machine") {
        try machineSeeds()
    } read: { bytes in
        let root = MachineFiles(bytes).root
        attempt { _ = try HostState.read(root) }
        for hotplug in [false, true] {
            let readiness = Readiness(Evidence.read(root, for: nil), hotplug: hotplug, image: nil)
            checkText(of: ReadinessReport(readiness))
        }
    }

    /// Recorded machines with BIOS and with EFI, and one with fadump.
    static func machineSeeds(with others: [String: [UInt8]] = [:]) throws -> [[UInt8]] {
        var fadump = SyntheticSysroot()
        for (name, text) in [
            ("fadump/enabled", "1\n"), ("fadump/registered", "1\n"), ("fadump/mem_reserved", "268435456\n"),
            ("security/lockdown", "[none] integrity confidentiality\n"), ("kexec/crash_cma_ranges", "100000000-10c7fffff\n"),
        ] { fadump.files["sys/kernel/\(name)"] = text }
        return try [Fixture.bios.copy(), Fixture.efi.copy(), fadump.write()].map { try MachineFiles(of: $0, with: others).bytes }
    }
}
