import TestSupport
import Testing

/// Options that are given more than once: joined, or refused; none is dropped in silence.
struct RepeatedOptionTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// newc archives stand one behind the other at multiples of four bytes (Documentation/driver-api/early-userspace/buffer-format.rst).
    @Test func initrdsAreJoined() throws {
        let first = try bench.file(Array("070701abc".utf8), "first")
        let second = try bench.file(Array("070701de".utf8), "second")
        let third = try bench.file(Array("070701".utf8), "third")
        let plan = try bench.plan(["-c", "--initrd=\(first)", "--ramdisk=\(second)", "--initrd=\(third)"])
        #expect(plan.segments["initrd"] == Array("070701abc\0\0\0070701de070701".utf8))
        // By the other call it goes as a file.
        let loaded = RecordedCommand.run(["-s", "-l", bench.kernel, "--initrd=\(first)", "--initrd=\(second)"], root: Fixture.bios.sysroot)
        let initrd = try #require(loaded.fileLoads.first?.initrd)
        #expect(initrd.withSpan { span in span.indices.map { span[$0] } } == Array("070701abc\0\0\0070701de".utf8))
    }

    @Test func anEmptyOneAmongThem() throws {
        let empty = try bench.file([], "empty")
        let result = try bench.run(["-c", "--initrd=\(bench.initrd)", "--initrd=\(empty)"])
        #expect(result.status == 1 && result.complaint?.contains("the initrd is empty") == true, "\(result.errors)")
    }

    @Test(
        arguments: [
            ["--append=a", "--command-line=b"],
            ["--rng-seed=\(String(repeating: "1", count: 64))", "--rng-seed=\(String(repeating: "2", count: 64))"],
            ["--mem-max=0x1000000", "--mem-max=0x2000000"], ["--serial=ttyS0", "--serial=ttyS1"],
            ["--on-mismatch=halt", "--on-mismatch=reset"],
            ["-t", "bzImage", "-t", "vmlinux"], ["--format=json", "--format=map"],
        ]) func differentArguments(_ arguments: [String]) throws
    {
        let result = try bench.run(["-c"] + arguments)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.complaint?.contains("is given twice, as ") == true, "\(result.errors)")
    }

    /// Callers add what is there already.
    @Test func theSameArgument() throws {
        #expect(try bench.run(["-c", "--append=a", "--append=a", "--serial=ttyS0", "--serial=ttyS0", "-d", "-d"]).status == 0)
    }
}
