import HostState
import LoadPlan
import SystemPackage
import TestSupport
import Testing

/// State of the running kernel that kexec_file_load(2) alone hands on (Documentation/admin-guide/mm/kho.rst; kernel/reboot.c,
/// kernel_kexec; kernel/crash_dump_dm_crypt.c).
struct HandoverTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private static let keys = ("sys/kernel/config/crash_dm_crypt_keys/count", "2\n")
    private static let ima = ("sys/kernel/security/ima/runtime_measurements_count", "17\n")

    private func machine(_ files: [(String, String)], commandLine: String = "root=/dev/vda1") throws -> TemporaryFolder {
        let machine = try Fixture.bios.copy()
        try machine.write("Linux version 7.3.4 (debian-kernel@lists.debian.org) #1 SMP\n", to: "proc/version")
        try machine.write(commandLine + "\n", to: "proc/cmdline")
        for (name, text) in files { try machine.write(text, to: name) }
        return machine
    }

    private func run(_ arguments: [String], _ machine: TemporaryFolder) throws -> Command.Result {
        try Command.run(arguments + [bench.kernel, "--append=console=ttyS0", "--sysroot=\(machine.path)", "--dry-run"])
    }

    @Test(
        arguments: [
            ("kho=on", true), ("kho=1", true), ("kho=Y", true), ("liveupdate=on", true), ("kho=off", false), ("kho=on kho=off", false),
            ("kho=0", false), ("khoo=on", false), ("quiet -- kho=on", false), ("quiet", false),
        ]) func rebootImages(_ line: String, _ isRefused: Bool) throws
    {
        let machine = try machine([], commandLine: line)
        for call in ["-c", "-a"] {
            let result = try run(["-l", call], machine)
            #expect((result.status == 1) == isRefused, "\(result.errors)")
            if isRefused { #expect(result.complaint?.contains("load with -s, or give it up by --drop-handover=") == true) }
        }
        #expect(try run(["-l", "-s"], machine).status == 0)
        // A crash is no reboot: nothing is serialised.
        #expect(try run(["-p", "-c"], machine).status == 0)
        let file = bench.folder.file("plan-\(abs(line.hashValue))").string
        #expect(try (Command.run(["-l", "-c", bench.kernel, "--sysroot=\(machine.path)", "--plan-file=\(file)"]).status == 1) == isRefused)
    }

    /// Kexec HandOver came with Linux 6.16; before, the parameter is for init.
    @Test(arguments: [("6.15.3", 0), ("6.16.0", 1), ("7.2.13", 1)]) func olderKernels(_ release: String, _ status: Int32) throws {
        let machine = try machine([], commandLine: "kho=on")
        try machine.write("Linux version \(release) (a@b) #1 SMP\n", to: "proc/version")
        #expect(try run(["-l", "-c"], machine).status == status)
    }

    @Test(arguments: [("sys/kernel/debug/kho/out/fdt", "kho"), ("sys/class/misc/liveupdate/dev", "liveupdate")])
    func shownByFolders(_ file: String, _ name: String) throws {
        let machine = try machine([(file, "x")])
        let result = try run(["-l", "-c"], machine)
        #expect(result.status == 1 && result.complaint?.contains("--drop-handover=\(name)") == true, "\(result.errors)")
        #expect(try run(["-l", "-c", "--drop-handover=keys"], machine).status == 1)
        let dropped = try run(["-l", "-c", "--drop-handover=ima,\(name)"], machine)
        #expect(dropped.status == 0 && dropped.output.contains("lost knowingly"), "\(dropped.errors)")
        // What decides is in a snapshot.
        let copy = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(machine.path), to: copy.path)
        #expect(try run(["-l", "-c"], copy).status == 1)
    }

    @Test func volumeKeys() throws {
        let machine = try machine([Self.keys])
        let result = try run(["-p", "-c"], machine)
        #expect(result.status == 1 && result.complaint?.contains("--drop-handover=keys") == true, "\(result.errors)")
        #expect(try run(["-p", "-s"], machine).status == 0)
        #expect(try run(["-l", "-c"], machine).status == 0)
        let dropped = try run(["-p", "-c", "--drop-handover=keys", "--format=json"], machine)
        #expect(dropped.status == 0 && dropped.output.contains("\"what\": \"keys\""), "\(dropped.errors)")
        #expect(try run(["-p", "-c"], try self.machine([(Self.keys.0, "0\n")])).status == 0)
        let check = try Command.run(["check", "--sysroot=\(machine.path)", "--arch=x86_64"])
        #expect(check.output.contains("volume keys by which the capture kernel would open"))
    }

    /// kexec_file_load was tried first; nothing of its failure makes the loss a smaller one.
    @Test func theFallback() throws {
        let machine = try machine([], commandLine: "kho=on")
        let outcome = RecordedCommand.run(["-l", bench.kernel], root: machine.path, answers: [.noFunction])
        #expect(outcome.names == ["kexec_file_load"])
        #expect(outcome.failure?.contains("--drop-handover=kho") == true)
    }

    /// boot_aggregate is the first measurement, and there on every kernel with IMA.
    @Test(arguments: [("17\n", true), ("1\n", false), ("0\n", false)]) func imaLog(_ count: String, _ isLost: Bool) throws {
        let result = try run(["-l", "-c"], try machine([(Self.ima.0, count)]))
        #expect(result.status == 0)
        #expect(result.output.contains("IMA's log of measurements") == isLost)
    }

    @Test(arguments: ["", "all", "kho,", "kho keys", "KHO"]) func badLists(_ list: String) throws {
        let result = try run(["-l", "-c", "--drop-handover=\(list)"], try machine([]))
        #expect(result.status == 1 && result.complaint?.contains("kho, liveupdate, keys, ima") == true, "\(result.errors)")
    }

    /// crashkernel=…,cma on a kernel that shows no ranges.
    @Test(arguments: [
        ("crashkernel=256M,cma", nil, true), ("crashkernel=256M,cma", "100000000-10fffffff\n", false), ("crashkernel=256M", nil, false),
    ])
    func lentMemory(_ line: String, _ ranges: String?, _ isWarned: Bool) throws {
        for name in ["sys/kernel/kexec/crash_cma_ranges", "sys/kernel/kexec_crash_cma_ranges"] {
            let machine = try machine(ranges.map { [(name, $0)] } ?? [], commandLine: line)
            let check = try Command.run(["check", "--sysroot=\(machine.path)", "--arch=x86_64"])
            #expect(check.output.contains("lends memory that no file shows") == isWarned, "\(check.output)")
        }
    }
}
