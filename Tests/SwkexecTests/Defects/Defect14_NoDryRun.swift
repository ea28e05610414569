import Foundation
import TestSupport
import Testing

/// kexec-tools: there is no dry run, no output for machines, and its continuous integration runs no
/// tests.
@Suite("Defect 14: nothing to see, nothing to test")
struct Defect14_NoDryRun {
    @Test func aDryRunForMachines() throws {
        let bench = try Bench()
        for (options, call) in [(["-p", "-c"], "kexec_load"), (["-l", "-c"], "kexec_load"), (["-p", "-s"], "kexec_file_load")] {
            let result = try Command.run(options + [bench.kernel, "--sysroot=\(bench.sysroot)", "--dry-run", "--format=json"])
            #expect(result.status == 0 && result.errors.isEmpty)
            let plan = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(plan["schemaVersion"] as? Int == 1)
            #expect(plan["call"] as? String == call)
        }
    }

    @Test func continuousIntegrationRunsTheTests() throws {
        let project = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let entry = project.appending(path: ".ci/run")
        #expect(FileManager.default.isExecutableFile(atPath: entry.path))
        #expect(try String(contentsOf: entry, encoding: .utf8).contains("exec Scripts/test"))
        let script = try String(contentsOf: project.appending(path: "Scripts/support/test.py"), encoding: .utf8)
        #expect(script.contains("swift_tests.run(") && script.contains("\"Tests/VM/run\""))
    }
}
