import Foundation
import SystemPackage
import TestSupport
import Testing

/// What becomes of a crash image on hotplug when nothing is said, by --hotplug and by --no-hotplug. Flags are those of
/// include/uapi/linux/kexec.h: KEXEC_ON_CRASH 0x1, KEXEC_CRASH_HOTPLUG_UPDATE 0x8, the architecture's e_machine above.
struct HotplugChoiceTests {
    private static let capacity = "sys/kernel/crash_elfcorehdr_size"
    private static let updated: [(RecordedMachine?, base: String, flagged: String, roles: [String])] = [
        (nil, "0x3e0001", "0x3e0009", ["elfcorehdr"]), (.ppc64le, "0x150001", "0x150009", ["elfcorehdr", "fdt"]),
    ]

    private func bench(_ machine: RecordedMachine?) throws -> Bench { try machine.map { try Bench($0) } ?? Bench() }

    private func flags(_ plan: [String: Any]) -> String? { (plan["flags"] as? [String: Any])?["value"] as? String }
    private func hotplug(_ plan: [String: Any]) throws -> [String: Any] { try #require(plan["hotplug"] as? [String: Any]) }
    private func left(_ plan: [String: Any]) throws -> [String] { try #require(hotplug(plan)["excludedRoles"] as? [String]).sorted() }

    private static let seed = "--rng-seed=\(String(repeating: "a5", count: 32))"

    /// The image that nothing was said of is, byte for byte, the one that was promised.
    @Test(arguments: updated.indices) func whereTheKernelOffersItIsDone(_ index: Int) throws {
        let (machine, _, flagged, roles) = Self.updated[index]
        let bench = try bench(machine)
        let (promised, promisedSegments) = try bench.plan(["--hotplug", Self.seed])
        let (offered, offeredSegments) = try bench.plan([Self.seed])
        #expect(offeredSegments == promisedSegments)
        for (plan, word) in [(promised, "promised"), (offered, "offered")] {
            #expect(flags(plan) == flagged)
            #expect(try left(plan) == roles)
            #expect(try hotplug(plan)["updates"] as? String == word)
            #expect(try hotplug(plan)["requested"] as? Bool == true)
        }
        #expect(try bench.run([]).output.contains("offers to keep the image right, and is asked to (--no-hotplug turns it off)"))
    }

    @Test(arguments: updated.indices) func turnedOff(_ index: Int) throws {
        let (machine, base, _, _) = Self.updated[index]
        let (plan, _) = try bench(machine).plan(["--no-hotplug"])
        #expect(flags(plan) == base)
        #expect(try left(plan) == [])
        #expect(try hotplug(plan)["updates"] as? String == "off")
        #expect(try hotplug(plan)["requested"] as? Bool == false)
    }

    /// What cannot be had is missed in silence by nobody: the plan says it, and is that of --no-hotplug.
    @Test func whereTheKernelDoesNotOfferIt() throws {
        let machine = try Fixture.bios.copy()
        try machine.remove(Self.capacity)
        let bench = try Bench()
        let (plan, segments) = try bench.plan([Self.seed], on: machine)
        #expect(try bench.plan([Self.seed, "--no-hotplug"], on: machine).segments == segments)
        #expect(flags(plan) == "0x3e0001")
        #expect(try hotplug(plan)["updates"] as? String == "unavailable")
        let said = try bench.run([], on: machine).output
        #expect(said.contains("the image goes stale when memory and CPUs come and go: "))
        #expect(said.contains("\(Self.capacity) is missing"))
        let (arm64, _) = try Bench(.aarch64).plan([])
        #expect(try hotplug(arm64)["updates"] as? String == "unavailable")
    }

    /// Nothing of it concerns an image for a reboot.
    @Test func reboot() throws {
        let bench = try Bench()
        let result = try Command.run(
            ["-l", "-c", bench.kernel, "--sysroot=\(bench.sysroot)", "--arch=x86_64", "--dry-run", "--format=json"])
        let plan = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(flags(plan) == "0x3e0000")
        #expect(try hotplug(plan)["updates"] == nil)
    }

    private func expectComplaint(_ result: Command.Result, _ parts: [String]) throws {
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        let complaint = try #require(result.complaint, "\(result.errors)")
        for part in parts { #expect(complaint.contains(part), "\(complaint)") }
    }

    @Test func refusals() throws {
        let bench = try Bench()
        try expectComplaint(try bench.run(["--hotplug", "--no-hotplug"]), ["either --hotplug or --no-hotplug"])
        try expectComplaint(try bench.run(["-s", "--no-hotplug"]), ["--no-hotplug", "kexec_load (-c)"])
        try expectComplaint(try Command.run(["-l", "--no-hotplug", bench.kernel]), ["--no-hotplug", "only with -p, not with -l"])
    }

    /// A kernel that offers it and then reads 0 has the image all the same.
    @Test(arguments: ["-s", "-c"]) func whatWasNotPromisedIsNoFailure(_ call: String) throws {
        let machine = try Fixture.bios.copy()
        for name in ["cpu", "memory"] { try machine.write("0\n", to: "sys/devices/system/\(name)/crash_hotplug") }
        let bench = try Bench()
        let outcome = RecordedCommand.run([call, "-p", bench.kernel], root: machine.path)
        #expect(outcome.failure == nil)
        #expect(outcome.names.count == 1)
    }

    /// What Systemd/swkexec-kdump.default asks for can be had of every kernel.
    @Test(arguments: [false, true]) func theServiceLoadsOnEveryMachine(_ kernelOffers: Bool) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Systemd/swkexec-kdump.default").standardized
        let settings = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        func setting(_ name: String) throws -> String {
            let line = try #require(settings.first { $0.hasPrefix("\(name)=\"") })
            return String(line.dropFirst(name.count + 2).dropLast())
        }
        let words = try setting("SWKEXEC_LOAD").split(separator: " ").map(String.init)
        #expect(words.contains("--installed"))
        for machine in [nil, .ppc64le, .aarch64, .riscv64] as [RecordedMachine?] {
            let bench = try bench(machine)
            let folder = try machine?.copy() ?? Fixture.bios.copy()
            if !kernelOffers {
                for name in [Self.capacity, "sys/kernel/kexec/crash_elfcorehdr_size"] { try? folder.remove(name) }
            }
            let version = try String(contentsOfFile: folder.path.appending("proc/version").string, encoding: .utf8)
            let release = try #require(version.split(separator: " ").dropFirst(2).first)
            try folder.write("an initrd", to: "var/lib/kdump/initrd.img-\(release)")
            let result = try bench.run(words + ["--append=\(try setting("SWKEXEC_APPEND"))"], on: folder)
            #expect(result.status == 0, "\(machine.map { "\($0)" } ?? "x86_64"): \(result.errors)")
        }
    }
}
