import TestSupport
import Testing

/// Domains of Xen. A PV domain's kernel says "Ignoring crashkernel for a Xen PV domain" (arch/x86/kernel/setup.c), and the
/// hypervisor takes images by a hypercall alone.
struct XenTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test(arguments: [["-p", "-c"], ["-p", "-s"], ["-l", "-c"], ["-l", "-s"], ["-l"]]) func domainZero(_ load: [String]) throws {
        let machine = try ReportedCase.xenDomainZero.machine()
        let result = try Command.run(load + [bench.kernel, "--dry-run", "--sysroot=\(machine.path)"])
        #expect(result.status == 1 && result.output.isEmpty)
        for part in ["dom0", "crashkernel= belongs on the hypervisor's command line", "hypercall"] {
            #expect(result.complaint?.contains(part) == true, "\(result.errors)")
        }
    }

    @Test func checkOfDomainZero() throws {
        let machine = try ReportedCase.xenDomainZero.machine()
        let result = try Command.run(["check", "--sysroot=\(machine.path)"])
        #expect(result.status == 1)
        #expect(result.output.contains("dom0") && result.output.contains("crashkernel= belongs on the hypervisor's command line"))
        #expect(!result.output.contains("crashkernel=256M or more") && !result.output.contains("swkexec -p"))
    }

    /// Documentation/ABI/stable/sysfs-hypervisor-xen: HVM, PV, PVH.
    @Test(arguments: [("PV", false), ("HVM", true), ("PVH", true), (nil, true)]) func guests(_ type: String?, _ isPlanned: Bool) throws {
        let machine = try Fixture.bios.copy()
        try machine.write("xen\n", to: "sys/hypervisor/type")
        try machine.write("", to: "proc/xen/capabilities")
        if let type { try machine.write("\(type)\n", to: "sys/hypervisor/guest_type") }
        let result = try bench.run(["-c"], on: machine)
        #expect((result.status == 0) == isPlanned, "\(result.errors)")
        if !isPlanned { #expect(result.complaint?.contains("paravirtualized guest of Xen") == true) }
    }

    @Test func otherHypervisors() throws {
        let machine = try ReportedCase.xenDomainZero.machine()
        try machine.write("kvm\n", to: "sys/hypervisor/type")
        let result = try Command.run(["-l", "-c", bench.kernel, "--dry-run", "--sysroot=\(machine.path)"])
        #expect(result.status == 0, "\(result.errors)")
    }
}
