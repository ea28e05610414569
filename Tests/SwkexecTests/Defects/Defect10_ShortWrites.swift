import TestSupport
import Testing

/// kexec-tools: it writes a kernel into a memfd and ignores that less was written; an error of a
/// decompressor is taken for "not compressed".
@Suite("Defect 10: short writes, broken compression")
struct Defect10_ShortWrites {
    /// A write(2) that takes no more than a thousand bytes at a time, or none at all.
    private static let shim = """
        #include <errno.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        ssize_t write(int descriptor, const void *bytes, size_t count)
        {
            size_t most = strtoul(getenv("MOST_BYTES"), 0, 10);
            if (most == 0 && descriptor > 2) {
                errno = ENOSPC;
                return -1;
            }
            return syscall(SYS_write, descriptor, bytes, most != 0 && count > most ? most : count);
        }
        """

    @Test(.enabled(if: Tool("cc").isAvailable && Tool.gzip.isAvailable)) func shortWritesAreContinued() throws {
        let bench = try Bench()
        var generator = SeededGenerator(seed: 10)
        var image = SyntheticBzImage.small()
        image.protectedMode = generator.bytes(300_000 / 16 * 16)
        let source = try bench.folder.write(Self.shim, to: "shim.c").string
        let library = bench.folder.file("shim.so").string
        _ = try Tool("cc").output(["-w", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", library, source])
        let wrapped = try bench.folder.write(try Tool.gzip.output(["-c"], input: image.bytes), to: "vmlinuz.gz").string
        let arguments = [
            "-p", wrapped, "--sysroot=\(bench.sysroot)", "--dry-run", "--format=json", "--rng-seed=" + String(repeating: "0", count: 64),
        ]
        let plain = try Command.run(arguments)
        let short = try Command.run(arguments, environment: ["LD_PRELOAD": library, "MOST_BYTES": "1000"])
        #expect(plain.status == 0 && short.status == 0)
        #expect(short.output == plain.output)
        // The control: the kernel does go through this write(2).
        let none = try Command.run(arguments, environment: ["LD_PRELOAD": library, "MOST_BYTES": "0"])
        #expect(none.status == 1)
        #expect(none.complaint?.contains("memfd:kernel") == true, "\(none.errors)")
    }

    @Test(arguments: ["gzip", "xz", "lzma"]) func brokenCompressionIsNamed(_ format: String) throws {
        let bench = try Bench()
        let image = SyntheticBzImage.small().bytes
        let good =
            format == "gzip" ? try Tool.gzip.output(["-c"], input: image) : try Tool.xz.output(["-c", "--format=\(format)"], input: image)
        var broken = good
        for index in good.count / 2..<good.count / 2 + 40 { broken[index] ^= 0xff }
        for (name, bytes) in [("broken", broken), ("cut", Array(good.dropLast(30)))] {
            let path = try bench.folder.write(bytes, to: "vmlinuz-\(name)").string
            let outcome = RecordedCommand.run(["-l", path], root: Fixture.bios.sysroot)
            #expect(outcome.recorder.all.isEmpty, "\(name)")
            #expect(outcome.failure?.contains(format) == true, "\(name): \(outcome.failure ?? "")")
        }
    }
}
