import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// `--plan-file`: what is written, and that nothing else happens.
struct PlanFileTests {
    private let bench: Bench
    private static let seed = "--rng-seed=\(String(repeating: "5a", count: 32))"
    private static let crash = ["-p", "--hotplug", "--append=console=ttyS0 acpi_no_memhotplug", seed]

    init() throws { bench = try Bench() }

    private var planFile: String { bench.folder.file("plan").string }

    /// Writes a plan of the recorded machine by the built program.
    private func write(_ options: [String], to name: String = "plan") throws -> Command.Result {
        try Command.run(
            options + [
                bench.kernel, "--initrd=\(bench.initrd)", "--sysroot=\(bench.sysroot)", "--plan-file=\(bench.folder.file(name))",
            ])
    }

    @Test(arguments: [crash, ["-l", seed], ["-p", "-i", seed]])
    func isWritten(_ options: [String]) throws {
        let before = bench.folder.allFiles()
        let result = try write(options)
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
        #expect(bench.folder.allFiles() == (before + ["plan"]).sorted())  // nothing unfinished is left
        #expect(try bench.folder.mode("plan") == 0o600)

        // No larger than its segments plus 64 KiB, and the same plan as a dry run's.
        let dryRun = try Command.run(
            options + [bench.kernel, "--initrd=\(bench.initrd)", "--sysroot=\(bench.sysroot)", "--dry-run", "--format=json"])
        let planned = try object(dryRun.output)
        let segments = try #require(planned["segments"] as? [[String: Any]])
        let size = segments.reduce(0) { $0 + ($1["loadedSize"] as? Int ?? 0) }
        #expect(try bench.folder.read("plan").count <= size + 65_536)
        #expect(try bench.folder.read("plan").count > size)
        let printed = try Command.run(["--apply=\(planFile)", "-n", "--format=json", "--sysroot=\(bench.sysroot)"])
        #expect(printed.status == 0, "\(printed.errors)")
        var kept = try object(printed.output)
        kept["facts"] = nil
        var expected = planned
        expected["warnings"] = [String]()
        // Why the kernel keeps the image right or does not is nothing that a file keeps.
        var hotplug = try #require(expected["hotplug"] as? [String: Any])
        #expect((hotplug.removeValue(forKey: "updates") != nil) == options.contains("-p"))
        expected["hotplug"] = hotplug
        #expect(kept as NSDictionary == expected as NSDictionary)
    }

    @Test func warningsAreTold() throws {
        let result = try write(["-p", "--hotplug"])
        #expect(result.status == 0)
        #expect(result.errors.contains("warning: the command line lacks acpi_no_memhotplug"))
    }

    @Test func withADryRunItIsPrintedToo() throws {
        let result = try write(Self.crash + ["-n", "--format=map"])
        #expect(result.status == 0)
        #expect(result.output.contains(" K  kernel "))
        #expect(try Command.run(["--apply=\(planFile)", "-n", "--format=map", "--sysroot=\(bench.sysroot)"]).output == result.output)
    }

    @Test func theSameRequestMakesTheSameFile() throws {
        _ = try write(Self.crash)
        _ = try write(Self.crash, to: "again")
        #expect(try bench.folder.read("plan") == bench.folder.read("again"))
    }

    /// As it would be called on the machine itself, where no call of the kernel's may follow.
    @Test func nothingIsAskedOfTheKernel() throws {
        let outcome = RecordedCommand.run(["-p", bench.kernel, "--plan-file=\(planFile)"], root: Fixture.bios.sysroot)
        #expect(outcome.failure == nil)
        #expect(outcome.names.isEmpty)
        #expect(try bench.folder.read("plan").starts(with: Array("SWKXPLAN".utf8)))
    }

    @Test func aPlanThatCannotBeMadeLeavesTheOldFile() throws {
        try bench.folder.write("old", to: "plan")
        let result = try Command.run(["-p", "/nonexistent", "--sysroot=\(bench.sysroot)", "--plan-file=\(planFile)"])
        #expect(result.status == 1)
        #expect(result.complaint?.contains("/nonexistent") == true)
        #expect(try bench.folder.read("plan") == Array("old".utf8))
        #expect(try write(Self.crash).status == 0)
        #expect(try bench.folder.read("plan").count > 3)
    }

    /// A rename would put a file in the place of a device.
    @Test func onlyFilesAreReplaced() throws {
        _ = try Tool("mkfifo").output([bench.folder.file("pipe").string])
        try FileManager.default.createDirectory(atPath: bench.folder.file("folder").string, withIntermediateDirectories: false)
        for (name, expected) in [
            ("/dev/null", "is not a regular file"), (bench.folder.file("pipe").string, "is not a regular file"),
            (bench.folder.file("folder").string, "is a directory"), ("/nonexistent/plan", "cannot write: No such file or directory"),
        ] {
            let result = try Command.run(["-p", bench.kernel, "--sysroot=\(bench.sysroot)", "--plan-file=\(name)"])
            #expect(result.status == 1)
            #expect(try #require(result.complaint).hasPrefix("\(name): \(expected)"), "\(result.errors)")
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
