import Foundation
import Inspection
import LoadPlan
import Readiness
import SHA256
import TestSupport
import Testing

@testable import swkexec

/// `swkexec inspect` and the lines of `swkexec check`, as a user sees them.
struct CommandTests {
    /// Beside the bundle of the tests.
    private static let program: String = {
        let bundle =
            Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return bundle.deletingLastPathComponent().appending(path: "swkexec").path
    }()

    private func run(_ machine: TemporaryFolder, _ arguments: String...) throws -> ProgramResult {
        try ProgramResult(running: Self.program, ["inspect", "--arch=x86_64", "--sysroot=\(machine.path)"] + arguments)
    }

    private func check(_ machine: LoadedMachine) -> Readiness {
        var options = CheckOptions()
        options.root = machine.folder.path
        options.architecture = "x86_64"
        return CheckCommand(options: options).readiness()
    }

    private func state(_ id: ReadinessItem.ID, _ readiness: Readiness) -> ReadinessItem.State? {
        readiness.items.first { $0.id == id }?.state
    }

    @Test func intactAndCurrent() throws {
        let machine = try LoadedMachine()
        let result = try run(machine.folder)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.hasSuffix("\nintact and current\n"))
        let digest = try #require(machine.plan.digest?.value)
        #expect(result.output.contains("sha256 \(digest): intact"))
        for segment in machine.plan.segments { #expect(result.output.contains("\(segment.memory.start)  \(segment.memory.last)")) }
        let readiness = check(machine)
        #expect(state(.imageIntact, readiness) == .ok && state(.imageCurrent, readiness) == .ok)
        #expect(readiness.isReady)
    }

    @Test func aFindingEndsInOne() throws {
        let machine = try LoadedMachine()
        try machine.flip(try machine.segment(.kernel).memory.start + 7)
        for format in ["table", "map", "json"] { #expect(try run(machine.folder, "--format=\(format)").status == 1) }
        let output = try run(machine.folder).output
        #expect(output.contains("segment-changed  kernel at ") && output.contains("-> load the image again"))
        #expect(output.hasSuffix("\nnot intact\n"))
        let readiness = check(machine)
        #expect(state(.imageIntact, readiness) == .bad && state(.imageCurrent, readiness) == .ok)
        #expect(!readiness.isReady)
    }

    @Test func memoryThatIsMissingIsBadAndMemoryThatWentIsAWarning() throws {
        let machine = try LoadedMachine()
        let before = try machine.folder.read("proc/iomem")
        try machine.folder.write(String(decoding: before, as: UTF8.self) + "100000000-10fffffff : System RAM\n", to: "proc/iomem")
        #expect(state(.imageCurrent, check(machine)) == .bad)
        #expect(try run(machine.folder).output.hasSuffix("\nintact, but not current\n"))
        try machine.folder.write(String(decoding: before, as: UTF8.self).replacing("7fffffff", with: "77ffffff"), to: "proc/iomem")
        #expect(state(.imageCurrent, check(machine)) == .warning)
        #expect(try run(machine.folder).status == 1)
    }

    /// The keys that a plan has are as in its report.
    @Test func json() throws {
        let machine = try LoadedMachine()
        let result = try run(machine.folder, "--format=json", "--write-segments=\(machine.folder.file("out"))")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(object["schemaVersion"] as? Int == 1)
        #expect(object["loader"] as? String == "swkexec")
        #expect(object["intact"] as? Bool == true && object["current"] as? Bool == true)
        #expect(object["entry"] as? String == machine.plan.entry.description)
        #expect(object["commandLine"] as? String == machine.plan.commandLine.description)
        #expect((object["digest"] as? [String: Any])?["value"] as? String == machine.plan.digest?.value.description)
        #expect((object["digest"] as? [String: Any])?["bytes"] as? UInt64 == machine.plan.digest?.coveredBytes)
        let segments = try #require(object["segments"] as? [[String: Any]])
        #expect(segments.count == machine.plan.segments.count)
        for (found, segment) in zip(segments, machine.plan.segments) {
            #expect(found["role"] as? String == segment.role.rawValue)
            #expect(found["start"] as? String == segment.memory.start.description)
            #expect(found["memorySize"] as? UInt64 == segment.memory.size.rawValue)
            #expect(found["sha256"] as? String == SHA256.digest(of: segment.contents).description)
            let file = try #require(found["file"] as? String)
            let planned = segment.contents.withSpan { span in span.indices.map { span[$0] } }
            #expect(try machine.folder.read("out/\(file)") == planned, "\(file)")
        }
    }

    @Test func whatCannotBeToldEndsInTwo() throws {
        let machine = try LoadedMachine()
        func complaint(_ change: (TemporaryFolder) throws -> Void) throws -> String {
            let copy = try LoadedMachine().folder
            try change(copy)
            let result = try run(copy)
            #expect(result.status == 2 && result.output.isEmpty)
            return try #require(result.complaint)
        }
        #expect(try complaint { try $0.write("0\n", to: "sys/kernel/kexec_crash_loaded") }.hasPrefix("no crash image is loaded"))
        #expect(try complaint { try $0.remove("sys/kernel/kexec_crash_loaded") }.contains("no kexec"))
        #expect(try complaint { try $0.remove("proc/kcore") }.contains("CONFIG_PROC_KCORE"))
        #expect(try complaint { try $0.write("100000-7fffffff : System RAM\n", to: "proc/iomem") }.contains("crash"))
        #expect(try complaint { try $0.write("7\n", to: "proc/kcore") }.contains("proc/kcore"))
        // Another loader's image has no list of segments.
        try machine.flip(try machine.recordAddress())
        let result = try run(machine.folder, "--write-segments=\(machine.folder.file("out"))")
        #expect(result.status == 2 && result.complaint?.contains("--write-segments") == true)
        let readiness = check(
            try {
                try $0.folder.remove("proc/kcore"); return $0
            }(machine))
        #expect(state(.imageIntact, readiness) == .unknown && state(.imageCurrent, readiness) == .unknown)
        #expect(readiness.isReady)
    }

    @Test func badCommandLines() throws {
        let machine = try LoadedMachine()
        for arguments in [["vmlinuz"], ["--format=xml"], ["--hotplug"], ["-i"]] {
            let result = try ProgramResult(
                running: Self.program, ["inspect", "--arch=x86_64", "--sysroot=\(machine.folder.path)"] + arguments)
            #expect(result.status == 2 && result.complaint != nil, "\(arguments): \(result.errors)")
        }
    }
}
