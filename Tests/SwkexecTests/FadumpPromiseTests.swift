import Foundation
import SystemPackage
import TestSupport
import Testing

/// -p on machines with firmware-assisted dump: one promise, kept by the firmware or by an image.
struct FadumpPromiseTests {
    private static let folderName = "sys/kernel/fadump/"
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// The recorded guest, as its files are changed to.
    private func machine(_ changes: [String: String?] = [:]) throws -> TemporaryFolder {
        let folder = try FadumpFixture.plain.copy(.first)
        for (name, text) in changes {
            if let text { try folder.write(text, to: name) } else { try folder.remove(name) }
        }
        return folder
    }

    private func older() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in ["enabled": "1\n", "registered": "1\n"] { try folder.write(text, to: "sys/kernel/fadump_\(name)") }
        return folder
    }

    private func run(_ arguments: [String], _ folder: TemporaryFolder) -> RecordedCommand.Outcome {
        RecordedCommand.run(
            arguments, root: folder.path,
            onWrite: { file, text in
                _ = try? folder.write(text + "\n", to: String(file.string.dropFirst(folder.path.string.count + 1)))
            })
    }

    private static let unregistered: [String: String?] = [folderName + "registered": "0\n"]

    @Test(arguments: [[], ["--hotplug"], ["-c"], ["-s", "--hotplug"]])
    func registersInsteadOfLoading(_ options: [String]) throws {
        for kernel in [[], [bench.kernel, "--initrd=\(bench.initrd)", "--append=quiet"]] {
            let outcome = run(["-p"] + options + kernel, try machine(Self.unregistered))
            #expect(outcome.failure == nil)
            #expect(outcome.names == ["write registered 1"])
        }
    }

    @Test func whatIsRegisteredAndReadyIsLeftAlone() throws {
        #expect(run(["-p", "--hotplug", bench.kernel], try machine()).names.isEmpty)
        #expect(run(["-p", bench.kernel], try machine()).names.isEmpty)
    }

    /// The header of an older kernel may have gone stale since: a load makes a new one.
    @Test func anOlderKernelRegistersAnew() throws {
        let outcome = run(["-p", bench.kernel], try older())
        #expect(outcome.names == ["write fadump_registered 1"])
        #expect(outcome.failure == nil)
    }

    /// The promise cannot be kept, so nothing is done.
    @Test(arguments: [nil, "0\n", "maybe\n"] as [String?])
    func hotplugThatCannotBeKept(_ ready: String?) throws {
        var changes = Self.unregistered
        changes.updateValue(ready, forKey: Self.folderName + "hotplug_ready")
        let outcome = run(["-p", "--hotplug", bench.kernel], try machine(changes))
        #expect(outcome.names.isEmpty)
        let failure = try #require(outcome.failure)
        for part in ["--hotplug", "hotplug_ready", "stale", "nothing was changed", "6.10", "fadump reload"] {
            #expect(failure.contains(part), "\(failure)")
        }
        let without = run(["-p", bench.kernel], try machine(changes))
        #expect(without.names == ["write registered 1"])
    }

    @Test func hotplugOfAnOlderKernelCannotBeKept() throws {
        let outcome = run(["-p", "--hotplug", bench.kernel], try older())
        #expect(outcome.names.isEmpty)
        #expect(outcome.failure?.contains("hotplug_ready is missing") == true, "\(outcome.failure ?? "")")
    }

    @Test func warnings() throws {
        func warnings(_ options: [String], _ folder: TemporaryFolder) throws -> [String] {
            let result = try Command.run(["-p", "--dry-run", "--format=json", "--sysroot=\(folder.path.string)"] + options)
            #expect(result.status == 0, "\(result.errors)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(Set(object.keys) == ["schemaVersion", "purpose", "call", "writes", "hotplug", "warnings"])
            #expect(object["call"] as? String == "fadump")
            return try #require(object["warnings"] as? [String])
        }
        #expect(try warnings(["--hotplug"], machine()).isEmpty)
        #expect(try warnings([], machine()).isEmpty)
        let named = try warnings([bench.kernel], machine())
        #expect(named.count == 1)
        #expect(named[0].contains("\(bench.kernel) is not loaded"))
        let stale = try warnings([], older())
        #expect(stale.count == 1)
        #expect(stale[0].contains("goes stale"))
        #expect(try warnings([bench.kernel], older()).count == 2)
    }

    /// A dump waits: the dry run, the load and `fadump register` refuse it in the same words.
    @Test func dumpIsActive() throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        let load = run(["-p", bench.kernel], folder)
        #expect(load.names.isEmpty)
        let failure = try #require(load.failure)
        #expect(failure.contains("release"))
        #expect(run(["fadump", "register"], folder).failure == failure)
        let dryRun = try Command.run(["-p", bench.kernel, "--dry-run", "--sysroot=\(folder.path.string)"])
        #expect(dryRun.status == 1 && dryRun.output.isEmpty)
        #expect(dryRun.complaint == failure)
    }

    @Test func dryRunShowsTheWrite() throws {
        let folder = try machine(Self.unregistered)
        let file = folder.file(Self.folderName + "registered").string
        for format in ["table", "map"] {
            let result = try Command.run(["-p", "--hotplug", "--dry-run", "--format=\(format)", "--sysroot=\(folder.path.string)"])
            #expect(result.output.contains("1 to \(file)"))
        }
        let json = try Command.run(["-p", "--hotplug", "--dry-run", "--format=json", "--sysroot=\(folder.path.string)"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let writes = try #require(object["writes"] as? [[String: String]])
        #expect(writes == [["file": file, "text": "1"]])
        #expect(object["hotplug"] as? [String: Bool] == ["requested": true, "ready": true])
        #expect(try folder.read(Self.folderName + "registered") == Array("0\n".utf8))
    }

    // MARK: - An image all the same

    @Test(arguments: ["--no-fadump", "--plan-file=/nonexistent/plan"]) func whoAsksForAnImageIsToldWhyThereIsNoMemory(_ option: String)
        throws
    {
        let outcome = run(["-p", option, bench.kernel], try machine())
        #expect(outcome.names.isEmpty)
        let failure = try #require(outcome.failure)
        for part in [String(option.prefix { $0 != "=" }), "no memory is reserved", "fadump has it", "fadump=off"] {
            #expect(failure.contains(part), "\(failure)")
        }
    }

    /// Booted with fadump=on, and the kernel reserved memory for kdump instead.
    @Test(arguments: [[], ["--no-fadump"]]) func fallenBackToKdump(_ options: [String]) throws {
        let folder = try Fixture.bios.copy()
        for name in ["enabled", "registered", "mem_reserved"] { try folder.write("0\n", to: Self.folderName + name) }
        try folder.write("1\n", to: Self.folderName + "hotplug_ready")
        try folder.write("console=hvc0 fadump=on crashkernel=128M\n", to: "proc/cmdline")
        let outcome = run(["-p", "-c", bench.kernel] + options, folder)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])
        let said = try Command.run(["-p", bench.kernel, "--dry-run", "--sysroot=\(folder.path.string)"] + options)
        #expect(said.status == 0)
        #expect((said.complaint?.contains("fell back to kdump") == true) == options.isEmpty, "\(said.errors)")
    }

    /// fadump was not asked for, so there is nothing to say.
    @Test func disabledAndNotAskedFor() throws {
        let folder = try Fixture.bios.copy()
        try folder.write("0\n", to: Self.folderName + "enabled")
        let said = try Command.run(["-p", bench.kernel, "--dry-run", "--sysroot=\(folder.path.string)"])
        #expect(said.status == 0)
        #expect(said.errors.isEmpty)
    }

    // MARK: - -u and -S

    @Test func unloadUnregisters() throws {
        let folder = try machine()
        let outcome = run(["-p", "-u"], folder)
        #expect(outcome.names == ["write registered 0"])
        #expect(run(["-u", "-p"], folder).names.isEmpty)  // twice is once
    }

    @Test func unloadOfTheOtherKinds() throws {
        #expect(run(["-u"], try machine()).names == ["kexec_file_load"])
        #expect(run(["-u", "-p", "--no-fadump"], try machine()).names == ["kexec_file_load"])
        #expect(run(["-u", "-p"], try machine([Self.folderName + "enabled": "0\n"])).names == ["kexec_file_load"])
    }

    @Test(arguments: [("1\n", [String](), Int32(1)), ("0\n", [], 0), ("maybe\n", [], 255), ("1\n", ["--no-fadump"], 0)])
    func status(_ registered: String, _ options: [String], _ expected: Int32) throws {
        let folder = try machine([Self.folderName + "registered": registered])
        for purpose in [[], ["-p"]] {
            #expect(try Command.run(["-S", "--sysroot=\(folder.path.string)"] + purpose + options).status == expected)
        }
        let verbose = try Command.run(["-S", "-d", "--sysroot=\(folder.path.string)"] + options)
        #expect(verbose.output.hasPrefix(options.isEmpty ? "fadump is " : "no crash image") || expected == 255)
    }
}
