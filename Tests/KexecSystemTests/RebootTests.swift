import HostState
import KexecSystem
import RecordedCalls
import SystemPackage
import TestSupport
import Testing

/// -e, -f and a plain load end in these: what is done, in which order, and that nothing is done
/// where no image is known to be loaded.
struct RebootTests {
    private func machine(loaded: String?) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        if let loaded { try folder.write(loaded, to: "sys/kernel/kexec_loaded") }
        return folder
    }

    private func reboot(_ recorder: RecordingSystemCalls, _ folder: TemporaryFolder) -> Reboot {
        Reboot(recorder, root: SystemRoot(folder.path))
    }

    @Test(arguments: [
        (true, true, ["sync", "interfaces down", "reboot"]),
        (true, false, ["sync", "reboot"]),
        (false, true, ["interfaces down", "reboot"]),
        (false, false, ["reboot"]),
    ])
    func order(_ synchronizes: Bool, _ interfaces: Bool, _ expected: [String]) throws {
        let recorder = RecordingSystemCalls()
        let folder = try machine(loaded: "1\n")
        try reboot(recorder, folder).execute(synchronizes: synchronizes, takesInterfacesDown: interfaces, warn: { _ in })
        #expect(recorder.all.map(\.name) == expected)
    }

    /// kexec-tools takes the network down before it finds out.
    @Test(arguments: ["0\n", nil, "perhaps\n"] as [String?])
    func nothingIsTouchedWithoutAnImage(_ loaded: String?) throws {
        let recorder = RecordingSystemCalls()
        let folder = try machine(loaded: loaded)
        let error = #expect(throws: Reboot.Failure.self) {
            try reboot(recorder, folder).execute(synchronizes: true, takesInterfacesDown: true, warn: { _ in })
        }
        #expect(recorder.all.isEmpty)
        #expect(error?.description.contains("nothing was done") == true)
        #expect(throws: Reboot.Failure.self) { try reboot(recorder, folder).shutDown() }
        #expect(recorder.all.isEmpty)
    }

    @Test func anInterfaceThatStaysUpIsOnlyAWarning() throws {
        let recorder = RecordingSystemCalls(answers: [.notPermitted])
        let folder = try machine(loaded: "1\n")
        var warnings: [String] = []
        try reboot(recorder, folder).execute(synchronizes: false, takesInterfacesDown: true, warn: { warnings.append($0) })
        #expect(recorder.all.map(\.name) == ["interfaces down", "reboot"])
        #expect(warnings.first?.contains("not every network interface") == true)
    }

    /// An image that was loaded with KEXEC_PRESERVE_CONTEXT jumps back, and reboot(2) returns.
    @Test(arguments: [true, false])
    func whoComesBackHearsThatTheNetworkIsDown(_ interfaces: Bool) throws {
        let recorder = RecordingSystemCalls()
        let folder = try machine(loaded: "1\n")
        var warnings: [String] = []
        try reboot(recorder, folder).execute(synchronizes: true, takesInterfacesDown: interfaces, warn: { warnings.append($0) })
        #expect(recorder.all.last?.name == "reboot")
        #expect(warnings.count == (interfaces ? 1 : 0))
        #expect(warnings.allSatisfy { $0.contains("network interfaces are still down") })
    }

    @Test func aFailedRebootSaysThatTheNetworkIsDown() throws {
        let recorder = RecordingSystemCalls(answers: [nil, .notPermitted])
        let folder = try machine(loaded: "1\n")
        let error = #expect(throws: Reboot.Failure.self) {
            try reboot(recorder, folder).execute(synchronizes: true, takesInterfacesDown: true, warn: { _ in })
        }
        #expect(error?.description.contains("network interfaces were taken down") == true)
    }

    @Test func shutdownIsRunWithAnImage() throws {
        let recorder = RecordingSystemCalls()
        let folder = try machine(loaded: "1\n")
        try reboot(recorder, folder).shutDown()
        #expect(recorder.all.map(\.name) == ["shutdown"])
    }
}
