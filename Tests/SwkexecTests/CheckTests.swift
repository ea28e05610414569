import Foundation
import TestSupport
import Testing

/// `swkexec check` as a user runs it: exit status, and the form that was asked for.
struct CheckTests {
    private func machine(loaded: Bool) throws -> TemporaryFolder {
        let machine = try Fixture.bios.copy()
        try machine.write(loaded ? "1\n" : "0\n", to: "sys/kernel/kexec_crash_loaded")
        return machine
    }

    @Test(arguments: [(true, Int32(0)), (false, 1)])
    func status(_ loaded: Bool, _ expected: Int32) throws {
        let machine = try machine(loaded: loaded)
        let result = try Command.run(["check", "--sysroot=\(machine.path.string)"])
        #expect(result.status == expected)
        #expect(result.errors.isEmpty)
        let last = result.output.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix(loaded ? "ready: " : "not ready: "), "\(last)")
    }

    @Test func json() throws {
        let machine = try machine(loaded: true)
        let bench = try Bench(machine.path)
        let result = try Command.run([
            "check", bench.kernel, "--initrd=\(bench.initrd)", "--append=console=ttyS0", "--arch=x86_64",
            "--sysroot=\(bench.sysroot)", "--format=json",
        ])
        #expect(result.status == 0)
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(answer["ready"] as? Bool == true)
        let items = try #require(answer["items"] as? [[String: Any]])
        #expect(items.contains { $0["id"] as? String == "planned-image" && $0["state"] as? String == "ok" })
    }

    /// With -p the word is a kernel's name like any other.
    @Test func aKernelOfThatName() throws {
        let result = try Command.run(["-p", "check", "--dry-run", "--sysroot=\(Fixture.bios.sysroot.string)"])
        #expect(result.status == 1)
        #expect(result.complaint?.hasPrefix("check: ") == true, "\(result.errors)")
    }
}
