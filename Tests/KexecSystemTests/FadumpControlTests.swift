import FirmwareAssistedDump
import HostState
import RecordedCalls
import SystemPackage
import TestSupport
import Testing

@testable import KexecSystem

/// Control files worked on recorded machines: what is written, and what is not.
@Suite struct FadumpControlTests {
    private static let newer = "sys/kernel/fadump/"
    private static let older = "sys/kernel/fadump_"

    /// A machine, and a kernel that does what it is told.
    private final class Machine {
        let folder: TemporaryFolder
        let recorder: RecordingSystemCalls
        var control: FadumpControl { FadumpControl(recorder, root: SystemRoot(folder.path)) }
        var writes: [String] { recorder.all.map(\.name) }

        /// - Parameter isObedient: false for a kernel that takes every write and does nothing
        init(_ folder: TemporaryFolder, answers: [Errno?] = [], isObedient: Bool = true) {
            self.folder = folder
            recorder = RecordingSystemCalls(answers: answers) { file, text in
                guard isObedient else { return }
                let name = file.string.dropFirst(folder.path.string.count + 1)
                if name.hasSuffix("release_mem") {
                    _ = try? folder.remove("proc/vmcore")
                    _ = try? folder.write(FadumpFixture.plain.bytes(.first, FadumpRegions.name), to: FadumpRegions.name)
                } else {
                    _ = try? folder.write(text.hasSuffix("\n") ? text : text + "\n", to: String(name))
                }
            }
        }
    }

    private func guest(registered: String = "1\n") throws -> TemporaryFolder {
        let folder = try FadumpFixture.plain.copy(.first)
        try folder.write(registered, to: Self.newer + "registered")
        return folder
    }

    private func older(registered: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("1\n", to: Self.older + "enabled")
        try folder.write(registered, to: Self.older + "registered")
        return folder
    }

    // MARK: - Registering

    @Test func register() throws {
        let machine = Machine(try guest(registered: "0\n"))
        let file = machine.folder.file(Self.newer + "registered")
        #expect(try machine.control.register() == .wrote("1", to: file))
        #expect(try machine.control.register() == .unchanged)
        #expect(machine.writes == ["write registered 1"])
        guard case .write(file, _)? = machine.recorder.all.first else { return #expect(Bool(false)) }
    }

    @Test func unregister() throws {
        let machine = Machine(try guest())
        #expect(try machine.control.unregister() == .wrote("0", to: machine.folder.file(Self.newer + "registered")))
        #expect(try machine.control.unregister() == .unchanged)
        #expect(machine.writes == ["write registered 0"])
    }

    @Test func reloadAlwaysWrites() throws {
        let machine = Machine(try guest())
        for _ in 0..<2 { _ = try machine.control.reload() }
        #expect(machine.writes == ["write registered 1", "write registered 1"])
        let unregistered = Machine(try guest(registered: "0\n"))
        _ = try unregistered.control.reload()
        #expect(unregistered.writes == ["write registered 1"])
    }

    @Test func olderNames() throws {
        let machine = Machine(try older(registered: "0\n"))
        let file = machine.folder.file(Self.older + "registered")
        #expect(try machine.control.register() == .wrote("1", to: file))
        #expect(try machine.control.unregister() == .wrote("0", to: file))
        #expect(machine.writes == ["write fadump_registered 1", "write fadump_registered 0"])
    }

    /// A write that went well is not yet a registration.
    @Test func whatWasWrittenIsReadBack() throws {
        let machine = Machine(try guest(registered: "0\n"), isObedient: false)
        try expectFailure("after writing '1' it reads 0") { try machine.control.register() }
        let other = Machine(try guest(), isObedient: false)
        try expectFailure("after writing '0' it reads 1") { try other.control.unregister() }
    }

    @Test func disabled() throws {
        let folder = try guest(registered: "0\n")
        try folder.write("0\n", to: Self.newer + "enabled")
        let machine = Machine(folder)
        try expectFailure("fadump is disabled") { try machine.control.register() }
        try expectFailure("fadump is disabled") { try machine.control.reload() }
        try expectFailure("fadump is disabled") { try machine.control.setArguments(Array("x".utf8)) }
        // Linux 6.12 to 6.18 have the file then, too, and nothing to append is nothing that fails.
        for arguments in ["", nil] {
            if let arguments {
                try folder.write(arguments, to: Self.newer + "bootargs_append")
            } else {
                try folder.remove(Self.newer + "bootargs_append")
            }
            #expect(try machine.control.setArguments([]) == .unchanged)
        }
        #expect(try machine.control.unregister() == .unchanged)
        #expect(machine.writes.isEmpty)
    }

    @Test func notSupported() throws {
        let machine = Machine(try TemporaryFolder())
        for operation in [machine.control.register, machine.control.unregister, machine.control.reload, machine.control.releaseMemory] {
            try expectFailure("/sys/kernel/fadump/enabled nor ", "only PowerPC machines have") { try operation() }
        }
        try machine.folder.write([0, 0, 0x20, 0x2d], to: "proc/device-tree/rtas/ibm,configure-kernel-dump")
        try expectFailure("CONFIG_FA_DUMP") { try machine.control.register() }
        #expect(machine.writes.isEmpty)
    }

    @Test func aDumpIsToBeSavedFirst() throws {
        let machine = Machine(try FadumpFixture.plain.copy(.capture))
        try expectFailure("a dump waits to be saved", "release_mem") { try machine.control.register() }
        try expectFailure("a dump waits to be saved") { try machine.control.reload() }
        #expect(try machine.control.unregister() == .unchanged)
        #expect(machine.writes.isEmpty)
    }

    /// Each answer in words of its own.
    @Test(arguments: [
        (Errno.notPermitted, "not allowed now"), (.invalidArgument, "does not take this value"), (.permissionDenied, "root is needed"),
        (.noSuchFileOrDirectory, "no such file"), (.fileExists, "unregister first"), (.ioError, "dmesg says why"),
    ])
    func answersOfTheKernel(_ errno: Errno, _ expected: String) throws {
        let machine = Machine(try guest(registered: "0\n"), answers: [errno])
        try expectFailure("write '1' to \(machine.folder.file(Self.newer + "registered"))", "\(errno)", expected) {
            try machine.control.register()
        }
    }

    @Test func garbledState() throws {
        let folder = try guest()
        try folder.write("maybe\n", to: Self.newer + "enabled")
        let machine = Machine(folder)
        try expectFailure("'maybe' is not a decimal number") { try machine.control.register() }
        #expect(machine.writes.isEmpty)
    }

    // MARK: - Releasing

    @Test func release() throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        try folder.write("the dump", to: "proc/vmcore")
        let machine = Machine(folder)
        #expect(try machine.control.releaseMemory() == .wrote("1", to: folder.file(Self.newer + "release_mem")))
        #expect(try machine.control.releaseMemory() == .unchanged)
        #expect(machine.writes == ["write release_mem 1"])
        // The same kernel can be registered again then.
        _ = try machine.control.register()
        #expect(machine.writes.last == "write registered 1")
    }

    @Test func aDumpThatIsStillThere() throws {
        let machine = Machine(try FadumpFixture.plain.copy(.capture), isObedient: false)
        try expectFailure("the dump is still there") { try machine.control.releaseMemory() }
    }

    /// Without debugfs the kernel decides.
    @Test func releasedWithoutKnowing() throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        try folder.remove(FadumpRegions.name)
        let machine = Machine(folder, answers: [.notPermitted])
        try expectFailure("there is no dump any more") { try machine.control.releaseMemory() }
    }

    @Test func nothingToRelease() throws {
        let machine = Machine(try guest())
        try expectFailure("there is no dump to release") { try machine.control.releaseMemory() }
        #expect(machine.writes.isEmpty)
    }

    // MARK: - Arguments

    @Test func arguments() throws {
        let machine = Machine(try guest())
        #expect(
            try machine.control.setArguments(Array("nr_cpus=1".utf8))
                == .wrote("nr_cpus=1", to: machine.folder.file(Self.newer + "bootargs_append")))
        #expect(try machine.control.setArguments(Array("nr_cpus=1".utf8)) == .unchanged)
        _ = try machine.control.setArguments([])
        #expect(try machine.control.setArguments([]) == .unchanged)
        #expect(machine.writes == ["write bootargs_append nr_cpus=1\n", "write bootargs_append \n"])
    }

    @Test func argumentsThatCannotBe() throws {
        let tooLong = Machine(try guest(), answers: [.invalidArgument])
        try expectFailure("too long", "2048 bytes") { try tooLong.control.setArguments([UInt8](repeating: 0x78, count: 2048)) }
        let kept = Machine(try guest(), isObedient: false)
        try expectFailure("it reads 'panic=1 swk-appended'") { try kept.control.setArguments(Array("x".utf8)) }
        let folder = try guest()
        try folder.remove(Self.newer + "bootargs_append")
        try expectFailure("6.10 or newer") { try Machine(folder).control.setArguments(Array("x".utf8)) }
        let full = Machine(try guest(), answers: [.noSpace])
        try expectFailure("longer than the kernel takes") { try full.control.setArguments(Array("x".utf8)) }
    }

    /// Linux 7.2 gives the room for arguments back with the dump, and takes writes to it all the same.
    @Test(arguments: [true, false]) func argumentsAfterARelease(_ areRegionsTold: Bool) throws {
        let folder = try FadumpFixture.plain.copy(.capture)
        if areRegionsTold {
            try folder.write(FadumpFixture.plain.bytes(.first, FadumpRegions.name), to: FadumpRegions.name)
        } else {
            try folder.remove(FadumpRegions.name)
        }
        let machine = Machine(folder)
        try expectFailure("bootargs_append", "given back with the dump", "reboot first") {
            try machine.control.setArguments(Array("x".utf8))
        }
        #expect(machine.writes.isEmpty)
    }

    @Test func aLongTextIsShortenedInMessages() throws {
        let machine = Machine(try guest(), answers: [.invalidArgument])
        let text = String(repeating: "x", count: 2048)
        try expectFailure("write '\(text.prefix(60))…' to ") { try machine.control.setArguments(Array(text.utf8)) }
    }

    private func expectFailure(_ parts: String..., by operation: () throws -> FadumpControl.Outcome) throws {
        let error = #expect(throws: FadumpControlError.self) { _ = try operation() }
        let text = "\(String(describing: error))"
        for part in parts { #expect(error?.description.contains(part) == true, "\(text)") }
        #expect(error?.description.contains("\n") == false)
    }
}
