import SystemPackage
import TestSupport
import Testing

/// -a, -s, -c from the command line to the calls, with the kernel's answers forced.
struct FallbackTests {
    private let bench: Bench
    private var arguments: [String] { ["-l", bench.kernel, "--initrd=\(bench.initrd)", "--append=quiet"] }

    init() throws { bench = try Bench() }

    private func run(_ options: [String], answers: [Errno?] = []) -> RecordedCommand.Outcome {
        RecordedCommand.run(options + arguments, root: Fixture.bios.sysroot, answers: answers)
    }

    @Test(arguments: [
        ([], ["kexec_file_load"]), (["-a"], ["kexec_file_load"]), (["-s"], ["kexec_file_load"]), (["-c"], ["kexec_load"]),
        (["-s", "-c"], ["kexec_load"]), (["-c", "-s"], ["kexec_file_load"]), (["-sca"], ["kexec_file_load"]),
    ])
    func theLastOneWins(_ options: [String], _ expected: [String]) {
        let outcome = run(options)
        #expect(outcome.names == expected)
        #expect(outcome.failure == nil)
    }

    @Test(arguments: [Errno.noFunction, .invalidArgument, .execFormatError, .notSupported])
    func automaticFallsBack(_ errno: Errno) {
        let outcome = run(["-a"], answers: [errno])
        #expect(outcome.names == ["kexec_file_load", "kexec_load"])
        #expect(outcome.failure == nil)
    }

    /// EKEYREJECTED, ENOKEY, EBADMSG, EPERM.
    @Test(arguments: [Errno(rawValue: 129), Errno(rawValue: 126), .badMessage, .notPermitted])
    func aRejectedSignatureStands(_ errno: Errno) {
        let outcome = run(["-a"], answers: [errno])
        #expect(outcome.names == ["kexec_file_load"])
        #expect(outcome.failure != nil)
    }

    /// An older kernel refuses KEXEC_FILE_DEBUG by EINVAL; that is no reason for the other call.
    @Test func theDebugFlagIsDroppedBeforeTheCallIs() {
        let outcome = run(["-a", "-d"], answers: [.invalidArgument, Errno(rawValue: 129)])
        #expect(outcome.names == ["kexec_file_load", "kexec_file_load"])
        #expect(outcome.fileLoads.map(\.flags.rawValue) == [0x8, 0x0])
        #expect(outcome.failure != nil)
    }

    @Test func explicitCallsNeverFallBack() {
        #expect(run(["-s"], answers: [.noFunction]).names == ["kexec_file_load"])
        #expect(run(["-c"], answers: [.noFunction]).names == ["kexec_load"])
    }

    /// What only kexec_load can honour is not lost on the way.
    @Test func segmentOptionsChooseKexecLoad() {
        #expect(run(["-a", "--mem-min=0x10000000"]).names == ["kexec_load"])
        #expect(run(["-i"]).names == ["kexec_load"])
    }

    @Test func theFileItselfIsHandedOver() throws {
        let call = try #require(run(["-s"]).fileLoads.first)
        #expect(call.kernel?.descriptor != nil)
        #expect(call.initrd?.descriptor != nil)
        #expect(call.commandLine == Array("quiet".utf8))
    }

    /// Taken out of its wrapper, it goes as a memory file that holds exactly the kernel.
    @Test func anUnwrappedKernelIsAWholeFile() throws {
        let image = SyntheticBzImage.small().bytes
        let path = try bench.folder.write(try Tool.gzip.output(["-c"], input: image), to: "vmlinuz.gz").string
        let outcome = RecordedCommand.run(["-s", "-l", path], root: Fixture.bios.sysroot)
        let kernel = try #require(outcome.fileLoads.first?.kernel)
        #expect(kernel.descriptor != nil)
        #expect(kernel.withSpan { span in (0..<span.count).map { span[$0] } } == image)
        #expect(outcome.fileLoads.first?.flags.rawValue == 0x4)  // KEXEC_FILE_NO_INITRAMFS
    }

    @Test func aPlainLoadGoesOnToShutdownOnlyWithAnImage() {
        // The fixture's machine has nothing loaded, so the load is made and then shutdown refused.
        let outcome = RecordedCommand.run([bench.kernel], root: Fixture.bios.sysroot)
        #expect(outcome.names == ["kexec_file_load"])
        #expect(outcome.failure?.contains("no image is loaded") == true)
    }

    @Test func orderOfAForcedLoad() throws {
        let machine = try Fixture.bios.copy()
        try machine.write("1\n", to: "sys/kernel/kexec_loaded")
        #expect(
            RecordedCommand.run(["-f", bench.kernel], root: machine.path).names == ["kexec_file_load", "sync", "interfaces down", "reboot"])
        #expect(RecordedCommand.run(["-fxy", bench.kernel], root: machine.path).names == ["kexec_file_load", "reboot"])
        #expect(RecordedCommand.run([bench.kernel], root: machine.path).names == ["kexec_file_load", "shutdown"])
        #expect(RecordedCommand.run(["-l", bench.kernel], root: machine.path).names == ["kexec_file_load"])
    }

    /// The kernel says afterwards whether it will update the image; "0" is a failure that is told.
    @Test(arguments: [("1\n", true), ("0\n", false)])
    func hotplugIsConfirmed(_ value: String, _ good: Bool) throws {
        let machine = try Fixture.bios.copy()
        for name in ["cpu", "memory"] { try machine.write(value, to: "sys/devices/system/\(name)/crash_hotplug") }
        for call in ["-s", "-c"] {
            let outcome = RecordedCommand.run([call, "-p", "--hotplug", bench.kernel], root: machine.path)
            #expect((outcome.failure == nil) == good, "\(outcome.failure ?? "")")
            #expect(outcome.names.count == 1)
        }
    }
}
