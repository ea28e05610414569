import Foundation
import HostState
import KexecSystem
import LoadPlan
import RecordedCalls
import SystemPackage
import Testing

/// EPERM has many reasons; the message names the one that /proc and /sys show.
struct AdviceTests {
    @Test(arguments: [
        ("proc/sys/kernel/kexec_load_disabled", "1\n", "kernel.kexec_load_disabled is 1"),
        ("proc/sys/kernel/kexec_load_limit_panic", "0\n", "kernel.kexec_load_limit_panic is 0"),
        ("sys/kernel/security/lockdown", "none [integrity] confidentiality\n", "locked down (none [integrity] confidentiality)"),
        ("sys/kernel/security/lockdown", "[none] integrity confidentiality\n", "CAP_SYS_BOOT is needed"),
        ("proc/sys/kernel/kexec_load_disabled", "0\n", "CAP_SYS_BOOT is needed"),
    ])
    func permission(_ name: String, _ content: String, _ expected: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swkexec-advice-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)

        let loader = KexecLoader(RecordingSystemCalls(answers: [.notPermitted]), root: SystemRoot(FilePath(folder.path)))
        let plan = try planOfTwoSegments(flags: KexecFlags(rawValue: 0x3e_0001))
        let error = #expect(throws: KexecError.self) { try loader.load(plan) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }
}
