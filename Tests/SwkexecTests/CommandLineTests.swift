import Foundation
import TestSupport
import Testing

/// The command line as kexec-tools' callers write it, and the new kernel's command line that comes
/// out of it.
struct CommandLineTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func commandLine(_ arguments: [String]) throws -> String {
        let result = try Command.run(["--sysroot=\(bench.sysroot)", "--dry-run", "--format=json"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let line = try #require(object["commandLine"] as? String)
        let end = try #require(line.firstRange(of: /(^| )elfcorehdr=0x[0-9a-f]+$/))
        return String(line[..<end.lowerBound])
    }

    @Test func spellings() throws {
        let kernel = bench.kernel
        let cases: [([String], String)] = [
            (["-p", kernel, "--append=a b"], "a b"),
            (["-p", kernel, "--append", "a b"], "a b"),
            (["-p", kernel, "--append", "-dash"], "-dash"),
            (["-p", kernel, "--command-line=a"], "a"),
            (["-p", kernel, "--comm=a"], "a"),
            (["-p", "--append=", kernel], ""),
            (["--append=late", kernel, "-p"], "late"),
            (["-p", "--append=x", "--", kernel], "x"),
            (["-pci", kernel, "--append=x"], "x"),
            (["--load-panic", kernel, "--append=x"], "x"),
            (["-p", kernel], ""),
        ]
        for (arguments, expected) in cases {
            #expect(try commandLine(arguments) == expected, "\(arguments)")
        }
    }

    /// /proc/cmdline of the captured machine is
    /// "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1 crashkernel=256M".
    @Test func reuse() throws {
        #expect(try commandLine(["-p", bench.kernel, "--reuse-cmdline"]) == "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1")
        #expect(
            try commandLine(["-p", bench.kernel, "--reuse-cmdline", "--append=nr_cpus=1"])
                == "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1 nr_cpus=1")
    }

    @Test func reuseRemovesWholeParametersOnly() throws {
        let machine = try Fixture.bios.copy()
        try machine.write(
            "BOOT_IMAGE=/vmlinuz root=/dev/sda1 crashkernel=1G-:256M crashkernel=64M,low crashkernel_x=1 dyndbg=\"file a.c +p; crashkernel=2\" ro\n",
            to: "proc/cmdline")
        let other = try Bench(machine.path)
        let result = try other.run(["--reuse-cmdline", "--format=json"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let line = try #require(object["commandLine"] as? String)
        #expect(line.hasPrefix("root=/dev/sda1 crashkernel_x=1 dyndbg=\"file a.c +p; crashkernel=2\" ro elfcorehdr=0x"), "\(line)")
    }
}
