import Foundation
import TestSupport
import Testing

/// Why --hotplug is refused is told in the same words, whichever call would load and whoever asks.
struct HotplugGateTests {
    private static let file = "sys/kernel/crash_elfcorehdr_size"

    private func refusals(_ kernel: String, _ arguments: [String]) throws -> Set<String> {
        var said: Set<String> = []
        for call in ["-a", "-c", "-s"] {
            let result = try Command.run(["-p", call, "--hotplug", "--dry-run", kernel] + arguments)
            #expect(result.status == 1)
            said.insert(result.complaint ?? "not one line: \(result.errors)")
        }
        return said
    }

    /// The values and remedies of `check --hotplug`'s lines about hotplug.
    private func checked(_ arguments: [String]) throws -> Set<String> {
        let result = try Command.run(["check", "--hotplug", "--format=json"] + arguments)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let lines = try #require(object["items"] as? [[String: Any]]).filter { ($0["id"] as? String)?.hasSuffix("-hotplug") == true }
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0["state"] as? String == "bad" })
        return Set(lines.map { "--hotplug: \($0["value"] as? String ?? ""); \($0["remedy"] as? String ?? "")" })
    }

    @Test func noKernelOfTheMachineUpdates() throws {
        let bench = try Bench(.aarch64)
        let machine = ["--arch=aarch64", "--sysroot=\(RecordedMachine.aarch64.sysroot)"]
        let said = try refusals(bench.kernel, machine)
        #expect(
            said == [
                "--hotplug: no kernel for aarch64 updates a crash image when memory or CPUs come and go; load the image anew after such an event"
            ])
        #expect(try checked(machine) == said)
    }

    @Test func thisKernelCannot() throws {
        let machine = try Fixture.bios.copy()
        try machine.remove(Self.file)
        for name in ["cpu", "memory"] { try machine.remove("sys/devices/system/\(name)/crash_hotplug") }
        let bench = try Bench(machine.path)
        let said = try refusals(bench.kernel, ["--sysroot=\(bench.sysroot)"])
        let words = try #require(said.first)
        #expect(said.count == 1)
        #expect(words.contains("cannot update a crash image on hotplug: \(bench.sysroot)/\(Self.file) is missing; boot Linux 6.6 or newer"))
        #expect(try checked(["--sysroot=\(bench.sysroot)", "--arch=x86_64"]) == said)
    }
}
