import Foundation
import TestSupport
import Testing

/// Names and texts of others, as any user of a machine can make them: nothing that is printed of them is obeyed by a terminal, and
/// Foundation reads it out of the JSON as it was.
struct ForeignTextTests {
    private static let hostile = "\u{1b}]0;x\u{7}\u{9b}2J"
    private static let shown = #"\u{1b}]0;x\u{7}\u{9b}2J"#

    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f ~= $0.value) || $0 == "\n" }
    }

    @Test(arguments: [["-c"], ["-s"]]) func aPlan(_ call: [String]) throws {
        let bench = try Bench()
        let kernel = try bench.folder.write(SyntheticBzImage.small().bytes, to: "vmlinuz\(Self.hostile)").string
        let arguments = call + ["--append=quiet \(Self.hostile)"]
        let table = try bench.run(arguments, kernel: kernel)
        #expect(table.status == 0 && isHarmless(table.output) && isHarmless(table.errors), "\(table.errors)")
        #expect(table.output.contains("quiet \(Self.shown)"))
        if call == ["-s"] { #expect(table.output.contains("vmlinuz\(Self.shown), ")) }
        let json = try bench.run(arguments + ["--format=json"], kernel: kernel).output
        #expect(isHarmless(json))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect((object["commandLine"] as? String)?.contains("quiet \(Self.hostile)") == true)
    }

    @Test func errors() throws {
        let bench = try Bench()
        let garbage = try bench.folder.write(Self.hostile, to: "\(Self.hostile)").string
        for arguments in [
            ["-p", garbage, "--sysroot=\(bench.sysroot)", "--dry-run"],
            ["-p", "/nonexistent/\(Self.hostile)", "--sysroot=\(bench.sysroot)", "--dry-run"],
            ["check", garbage, "--sysroot=\(bench.sysroot)"], ["--apply=\(garbage)", "--dry-run"], ["fadump", "header", garbage],
            ["--\(Self.hostile)"], ["-p", garbage, "--dry-run", "--format=\(Self.hostile)"],
        ] {
            let result = try Command.run(arguments)
            #expect(result.status == (arguments.first == "fadump" ? 2 : 1))
            #expect(isHarmless(result.output) && isHarmless(result.errors), "\(arguments)")
            #expect((result.output + result.errors).contains(Self.shown), "\(arguments): \(result.errors)")
        }
    }

    @Test func aMachine() throws {
        let machine = try FadumpFixture.plain.copy(.first)
        try machine.write("quiet \(Self.hostile)\n", to: "sys/kernel/fadump/bootargs_append")
        let table = try Command.run(["fadump", "status", "--sysroot=\(machine.path)"])
        #expect(table.status == 0 && isHarmless(table.output))
        #expect(table.output.contains("  quiet \(Self.shown)\n"))
        let json = try Command.run(["fadump", "status", "--sysroot=\(machine.path)", "--format=json"]).output
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["extraArguments"] as? String == "quiet \(Self.hostile)")
    }
}
