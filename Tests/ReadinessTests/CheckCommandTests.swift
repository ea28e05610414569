import Readiness
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// The whole of `swkexec check`, with a kernel that is planned.
struct CheckCommandTests {
    private func check(_ kernel: String?, on root: FilePath, architecture: String? = "x86_64", hotplug: Bool = false) -> Readiness {
        var options = CheckOptions()
        options.kernel = kernel.map { FilePath($0) }
        options.root = root
        options.architecture = architecture
        options.isHotplug = hotplug
        return CheckCommand(options: options).readiness()
    }

    private func kernel(_ folder: TemporaryFolder) throws -> String {
        try folder.write(SyntheticBzImage.small().bytes, to: "vmlinuz").string
    }

    @Test(arguments: Fixture.allCases)
    func recordedMachines(_ fixture: Fixture) throws {
        let folder = try TemporaryFolder()
        let readiness = check(try kernel(folder), on: fixture.sysroot, hotplug: true)
        #expect(!readiness.isReady)
        #expect(readiness.items.filter { $0.state == .bad }.map(\.id) == [.crashImage])
        #expect(readiness.state(.plannedImage) == .ok, "\(readiness.item(.plannedImage)?.value ?? "")")
        #expect(readiness.item(.plannedImage)?.value.contains("of 256 MiB") == true)
    }

    @Test func afterTheLoad() throws {
        let machine = try Fixture.bios.copy()
        try machine.write("1\n", to: "sys/kernel/kexec_crash_loaded")
        #expect(check(nil, on: machine.path).isReady)
        #expect(!check(nil, on: machine.path, hotplug: true).isReady)
        for subject in ["cpu", "memory"] { try machine.write("1\n", to: "sys/devices/system/\(subject)/crash_hotplug") }
        #expect(check(nil, on: machine.path, hotplug: true).isReady)
    }

    @Test func whatCannotBePlanned() throws {
        let folder = try TemporaryFolder()
        let garbage = try folder.write("no kernel", to: "garbage").string
        for name in [garbage, folder.file("missing").string, folder.path.string] {
            #expect(check(name, on: Fixture.bios.sysroot).state(.plannedImage) == .bad, "\(name)")
        }
        let small = try kernel(folder)
        #expect(check(small, on: Fixture.bios.sysroot, architecture: "pdp11").state(.plannedImage) == .unknown)
        #expect(check(small, on: folder.path).state(.plannedImage) == .unknown)
        let noRegion = try Fixture.bios.copy()
        try noRegion.write(Machine.iomem(crash: ""), to: "proc/iomem")
        #expect(check(small, on: noRegion.path).item(.plannedImage)?.value.contains("no memory is reserved") == true)
    }

    /// How much the kernel's own segments take cannot be said in advance, which is not bad.
    @Test func aConfidentialGuest() throws {
        let machine = try Fixture.bios.copy()
        try machine.write("flags\t\t: hypervisor sev_snp\n", to: "proc/cpuinfo")
        let folder = try TemporaryFolder()
        let readiness = check(try kernel(folder), on: machine.path)
        #expect(readiness.state(.plannedImage) == .unknown)
        #expect(readiness.item(.plannedImage)?.value.contains("AMD SEV-SNP guest") == true)
    }
}
