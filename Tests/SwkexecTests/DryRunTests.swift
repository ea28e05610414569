import Foundation
import TestSupport
import Testing

/// What a dry run prints and writes, checked by other programs: Foundation's JSON and sha256sum.
struct DryRunTests {
    private let bench: Bench
    private static let seed = "--rng-seed=\(String(repeating: "5a", count: 32))"

    init() throws { bench = try Bench() }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let result = try bench.run(arguments + ["--format=json"])
        #expect(result.status == 0, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    private func segments(_ plan: [String: Any]) throws -> [[String: Any]] {
        try #require(plan["segments"] as? [[String: Any]])
    }

    @Test func keysAreThePromisedOnes() throws {
        let folder = bench.folder.file("segments").string
        let plan = try json([
            "--hotplug", "--initrd=\(bench.initrd)", "--append=console=ttyS0 acpi_no_memhotplug", "--write-segments=\(folder)",
        ])
        #expect(
            Set(plan.keys) == [
                "schemaVersion", "architecture", "purpose", "call", "entry", "flags", "commandLine", "segments", "digest",
                "hotplug", "warnings",
            ])
        #expect(plan["schemaVersion"] as? Int == 1)
        #expect(plan["architecture"] as? String == "x86_64")
        #expect(plan["purpose"] as? String == "crash")
        #expect(plan["call"] as? String == "kexec_load")
        let flags = try #require(plan["flags"] as? [String: Any])
        #expect(Set(flags.keys) == ["value", "names"])
        #expect(flags["value"] as? String == "0x3e0009")
        #expect(flags["names"] as? [String] == ["KEXEC_ON_CRASH", "KEXEC_CRASH_HOTPLUG_UPDATE"])
        for segment in try segments(plan) {
            #expect(Set(segment.keys) == ["role", "start", "memorySize", "loadedSize", "digest", "sha256", "file"])
        }
        let digest = try #require(plan["digest"] as? [String: Any])
        #expect(Set(digest.keys) == ["algorithm", "value", "bytes"])
        #expect(digest["algorithm"] as? String == "sha256")
        let hotplug = try #require(plan["hotplug"] as? [String: Any])
        #expect(Set(hotplug.keys) == ["requested", "elfcorehdrCapacity", "excludedRoles", "updates"])
        #expect(hotplug["requested"] as? Bool == true)
        #expect(hotplug["elfcorehdrCapacity"] as? Int == 921_600)
        #expect(hotplug["excludedRoles"] as? [String] == ["elfcorehdr"])
        #expect(plan["warnings"] as? [String] == [])
    }

    /// A command line may come from a unified kernel image, and so hold anything: it is shown and not obeyed. From fuzzing.
    @Test(arguments: ["-c", "-s"]) func controlCharactersInTheCommandLine(_ call: String) throws {
        let commandLine = "a\u{1b}[2J\u{7f}\u{9b}2J\nb"
        for format in ["table", "json"] {
            let result = try bench.run([call, "--append=\(commandLine)", "--format=\(format)"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f ~= $0.value) || $0 == "\n" })
        }
        #expect(try bench.run([call, "--append=\(commandLine)"]).output.contains(#"command line  a\u{1b}[2J\u{7f}\u{9b}2J\u{a}b"#))
        #expect((try json([call, "--append=\(commandLine)"])["commandLine"] as? String)?.hasPrefix(commandLine) == true)
    }

    @Test func segmentsStandInAddressOrderAndDoNotOverlap() throws {
        let plan = try json(["--hotplug", "--initrd=\(bench.initrd)"])
        var end: UInt64 = 0
        for segment in try segments(plan) {
            let text = try #require(segment["start"] as? String)
            let start = try #require(UInt64(text.dropFirst(2), radix: 16))
            #expect(start >= end && start % 4096 == 0)
            end = start + UInt64(try #require(segment["memorySize"] as? Int))
        }
    }

    @Test(arguments: [true, false])
    func sha256sumOverTheIncludedFilesIsTheDigest(_ hotplug: Bool) throws {
        let folder = bench.folder.file("segments")
        let plan = try json(
            (hotplug ? ["--hotplug"] : ["--no-hotplug"]) + ["--initrd=\(bench.initrd)", "--write-segments=\(folder.string)"])
        var included: [UInt8] = []
        for segment in try segments(plan) {
            let bytes = try bench.folder.read("segments/" + (try #require(segment["file"] as? String)))
            #expect(segment["loadedSize"] as? Int == bytes.count)
            #expect(segment["sha256"] as? String == (try Tool.sha256(of: bytes)))
            let role = segment["role"] as? String
            let expected = role == "purgatory" ? "excluded-purgatory" : role == "elfcorehdr" && hotplug ? "excluded-hotplug" : "included"
            #expect(segment["digest"] as? String == expected)
            if expected == "included" { included += bytes }
        }
        let digest = try #require(plan["digest"] as? [String: Any])
        #expect(digest["value"] as? String == (try Tool.sha256(of: included)))
        #expect(digest["bytes"] as? Int == included.count)
    }

    @Test func aFixedSeedMakesPlansThatCanBeRepeated() throws {
        let first = try bench.run(["--format=json", Self.seed]).output
        #expect(try bench.run(["--format=json", Self.seed]).output == first)
        #expect(try bench.run(["--format=json"]).output != first)
    }

    @Test func debugChangesNothing() throws {
        #expect(try bench.run(["--format=json", Self.seed, "-d"]).output == bench.run(["--format=json", Self.seed]).output)
    }

    @Test func withoutChecksThereIsNoDigest() throws {
        let plan = try json(["-i"])
        let digest = try #require(plan["digest"] as? [String: Any])
        #expect(digest["value"] is NSNull)
        #expect(digest["bytes"] as? Int == 0)
        #expect(try bench.run(["-i"]).output.contains("purgatory does not check"))
    }

    @Test func tableNamesEverySegmentTheFlagsAndTheDigest() throws {
        let arguments = ["--hotplug", "--initrd=\(bench.initrd)", "--append=console=ttyS0", Self.seed]
        let table = try bench.run(arguments).output
        let plan = try json(arguments)
        for segment in try segments(plan) {
            let role = try #require(segment["role"] as? String)
            let start = try #require(segment["start"] as? String)
            let line = try #require(table.split(separator: "\n").first { $0.hasPrefix(role + " ") })
            #expect(line.contains(start))
            #expect(line.contains(" \(try #require(segment["memorySize"] as? Int)) "))
        }
        #expect(table.contains("excluded: the kernel rewrites it on hotplug"))
        #expect(table.contains("excluded: it holds the digest"))
        #expect(table.contains("0x3e0009 KEXEC_ON_CRASH KEXEC_CRASH_HOTPLUG_UPDATE"))
        let digest = try #require((plan["digest"] as? [String: Any])?["value"] as? String)
        #expect(table.contains(digest))
        #expect(table.contains("warning"))  // acpi_no_memhotplug is missing
    }

    /// No terminal here: 80 columns. The region is 256 MiB, so a column is 3.28 MiB.
    @Test func mapIsDrawnToScale() throws {
        let plan = try json([])
        let map = try bench.run(["--format=map"]).output.split(separator: "\n")
        let bar = map[1]
        #expect(bar.count == 80 && bar.hasPrefix("|") && bar.hasSuffix("|"))
        for (role, letter) in [("kernel", "K"), ("elfcorehdr", "E"), ("purgatory", "P"), ("bootParameters", "B"), ("setupData", "S")] {
            let segment = try #require(try segments(plan).first { $0["role"] as? String == role })
            let start = try #require(segment["start"] as? String)
            #expect(map.contains { $0.contains(" \(letter)  \(role) ") && $0.contains(start) })
        }
        // The kernel's memory is 1 MiB at the top of the region: nothing but the last columns.
        #expect(bar.dropFirst().prefix(76).allSatisfy { $0 == "." })
        #expect(bar.dropLast().suffix(2).contains("E"))
    }
}
