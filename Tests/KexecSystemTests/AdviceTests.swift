import HostState
import KexecSystem
import LoadPlan
import RecordedCalls
import SystemPackage
import TestSupport
import Testing

/// EPERM has many reasons; the message names the one that /proc and /sys show.
struct AdviceTests {
    @Test(arguments: [
        ("proc/sys/kernel/kexec_load_disabled", "1\n", "kernel.kexec_load_disabled is 1"),
        ("proc/sys/kernel/kexec_load_limit_panic", "0\n", "kernel.kexec_load_limit_panic is 0"),
        ("sys/kernel/security/lockdown", "none [integrity] confidentiality\n", "locked down (integrity)"),
        ("sys/kernel/security/lockdown", "[none] integrity confidentiality\n", "CAP_SYS_BOOT is needed"),
        ("proc/sys/kernel/kexec_load_disabled", "0\n", "CAP_SYS_BOOT is needed"),
        // The limit of the other kind of image is not to blame.
        ("proc/sys/kernel/kexec_load_limit_reboot", "0\n", "CAP_SYS_BOOT is needed"),
        ("proc/sys/kernel/kexec_load_limit_panic", "-1\n", "CAP_SYS_BOOT is needed"),
    ])
    func permission(_ name: String, _ content: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(content, to: name)

        let loader = KexecLoader(RecordingSystemCalls(answers: [.notPermitted]), root: SystemRoot(folder.path))
        let plan = try planOfTwoSegments(flags: KexecFlags(rawValue: 0x3e_0001))
        let error = #expect(throws: KexecError.self) { try loader.load(plan) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    /// A failed kexec_file_load: the errno, the image's purpose, files of the machine, and words of the advice (kernel/kexec_file.c;
    /// kernel/crash_dump_dm_crypt.c for the volume keys).
    @Test(
        arguments: [
            (.addressNotAvailable, .reboot, [:], "-c chooses the places itself"),
            (.addressNotAvailable, .crash, [:], "do not fit into the crash kernel's region"),
            // IMA's appraisal (security/integrity/ima/ima_main.c), as it is enforced on some clouds.
            (.permissionDenied, .reboot, [:], "IMA's policy refuses this kernel"), (.noData, .crash, [:], "is not signed"),
            (Errno(rawValue: 126), .crash, [:], "signed by no key"),
            (Errno(rawValue: 126), .crash, ["sys/kernel/config/crash_dm_crypt_keys/count": "0\n"], "the kernel is signed by no key"),
            (
                Errno(rawValue: 126), .crash, ["sys/kernel/config/crash_dm_crypt_keys/count": "2\n"],
                "crash_dm_crypt_keys names is in no keyring"
            ),
            (Errno(rawValue: 126), .reboot, ["sys/kernel/config/crash_dm_crypt_keys/count": "2\n"], "the kernel is signed by no key"),
            (
                .notPermitted, .reboot, ["proc/sys/kernel/kexec_load_limit_reboot": "0\n"],
                "kernel.kexec_load_limit_reboot is 0: images for a reboot"
            ),
            // A signed kernel may be loaded by this call.
            (.notPermitted, .crash, ["sys/kernel/security/lockdown": "none [integrity] confidentiality\n"], "CAP_SYS_BOOT is needed"),
        ] as [(Errno, LoadPlan.Purpose, [String: String], String)])
    func files(_ errno: Errno, _ purpose: LoadPlan.Purpose, _ files: [String: String], _ expected: String) throws {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        let loader = KexecLoader(RecordingSystemCalls(answers: [errno]), root: SystemRoot(folder.path))
        let error = #expect(throws: KexecError.self) { try loader.unloadByFileCall(crash: purpose == .crash) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }
}
