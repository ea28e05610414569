import SystemPackage
import TestSupport
import Testing

/// kexec-tools: `-d -p` loses the debug flag, `-d -S` asks about the wrong image, `--serial-baud=0`
/// divides by zero, and a parameter to be removed takes others along that begin like it.
@Suite("Defect 11: options that change the meaning of others")
struct Defect11_OptionsThatGetLost {
    private let bench: Bench

    init() throws { bench = try Bench() }

    @Test(arguments: [["-d", "-p"], ["-p", "-d"], ["-dp"], ["-pd"]]) func debugAndPanic(_ options: [String]) throws {
        let outcome = RecordedCommand.run(options + [bench.kernel], root: Fixture.bios.sysroot)
        // KEXEC_FILE_ON_CRASH, KEXEC_FILE_NO_INITRAMFS, KEXEC_FILE_DEBUG
        #expect(outcome.fileLoads.map(\.flags.rawValue) == [0x2 | 0x4 | 0x8])
    }

    @Test(arguments: [["-S"], ["-d", "-S"], ["-S", "-d"], ["-S", "-p"], ["-dSp"]]) func debugAndStatus(_ options: [String]) throws {
        for (crash, reboot, expected) in [("1", "0", Int32(1)), ("0", "1", 0)] {
            let machine = try TemporaryFolder()
            try machine.write(crash, to: "sys/kernel/kexec_crash_loaded")
            try machine.write(reboot, to: "sys/kernel/kexec_loaded")
            #expect(try Command.run(options + ["--sysroot=\(machine.path.string)"]).status == expected)
        }
    }

    @Test(arguments: ["0", "-1", "", "0x0", "4294967296"]) func baud(_ value: String) throws {
        let result = try bench.run(["--serial=ttyS0", "--serial-baud=\(value)"])
        #expect(result.status == 1)
        #expect(result.complaint?.contains("--serial-baud: '\(value)'") == true, "\(result.errors)")
    }

    @Test func parametersAreRemovedWhole() throws {
        let machine = try Fixture.bios.copy()
        let kept = "crashkernel_x=1 BOOT_IMAGE_OF=2 xcrashkernel=3 root=/dev/vda1"
        try machine.write("BOOT_IMAGE=/vmlinuz crashkernel=256M \(kept) crashkernel=64M,low\n", to: "proc/cmdline")
        let outcome = RecordedCommand.run(["-p", "--reuse-cmdline", bench.kernel], root: machine.path)
        #expect(outcome.fileLoads.first.map { String(decoding: $0.commandLine, as: UTF8.self) } == kept)
    }
}
