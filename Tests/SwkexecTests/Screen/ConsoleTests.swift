import KexecSystem
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// Where purgatory speaks: `--console-serial`, `--console-vga`; and `--reset-vga`.
struct ConsoleTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func purgatory(_ arguments: [String]) throws -> PurgatoryParameters {
        let outcome = RecordedCommand.run(["-p", bench.kernel] + arguments, root: Fixture.bios.sysroot)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])  // -a: kexec_file_load has none of this
        return try PurgatoryParameters(try #require(outcome.loads.first))
    }

    @Test(
        arguments: [
            (["--console-serial"], 0x3f8, 0),
            (["--console-serial", "--append=console=ttyS1,115200"], 0x2f8, 1),
            (["--console-serial", "--append=console=ttyS1,115200", "--serial=0x3e8"], 0x3e8, 0),
            (["--console-serial", "--serial-baud=9600"], 0x3f8, 12),
            (["--console-vga"], 0, 0),
            (["--console-vga", "--append=console=ttyS0"], 0x3f8, 0),
        ] as [([String], UInt64, UInt64)])
    func theSerialPort(_ arguments: [String], _ port: UInt64, _ divisor: UInt64) throws {
        let purgatory = try purgatory(arguments)
        #expect(purgatory[PurgatoryX86_64.serialPort] == port)
        #expect(purgatory[PurgatoryX86_64.serialDivisor] == divisor)
    }

    @Test(
        arguments: [([], 0, 0), (["--console-vga"], 1, 0), (["--reset-vga"], 0, 1), (["--reset-vga", "--console-vga"], 1, 1)]
            as [([String], UInt64, UInt64)])
    func theScreen(_ arguments: [String], _ console: UInt64, _ reset: UInt64) throws {
        let purgatory = try purgatory(arguments + ["--console-serial"])
        #expect(purgatory[PurgatoryX86_64.consoleVga] == console)
        #expect(purgatory[PurgatoryX86_64.resetVga] == reset)
    }

    private func warnings(_ arguments: [String], _ machine: TemporaryFolder) throws -> String {
        let result = try Command.run(["-p", bench.kernel, "--dry-run", "--sysroot=\(machine.path)"] + arguments)
        #expect(result.status == 0)
        return result.output.split(separator: "\n").filter { $0.hasPrefix("warning") }.joined(separator: "\n")
    }

    /// orig_video_isVGA is the byte at 15.
    private func machine(isVGA: UInt8, framebuffer: String? = nil) throws -> TemporaryFolder {
        var machine = SyntheticSysroot()
        machine.bootParameters?[15] = isVGA
        if let framebuffer { machine.files["sys/class/graphics/fb0/name"] = framebuffer + "\n" }
        return try machine.write()
    }

    @Test func aScreenThatShowsNoText() throws {
        let words = "no VGA text mode"
        #expect(try !warnings(["--console-vga"], machine(isVGA: 1)).contains(words))
        #expect(try warnings(["--console-vga"], machine(isVGA: 0x70)).contains(words))
        #expect(try warnings(["--console-vga"], machine(isVGA: 1, framebuffer: "bochs-drmdrmfb")).contains(words))
        #expect(try !warnings(["--console-vga", "--reset-vga"], machine(isVGA: 0x70)).contains(words))
    }

    @Test func nowhereToReport() throws {
        let words = "purgatory cannot report"
        #expect(try warnings([], machine(isVGA: 1)).contains(words))
        #expect(try !warnings(["--console-vga"], machine(isVGA: 1)).contains(words))
        #expect(try !warnings(["--console-serial"], machine(isVGA: 1)).contains(words))
    }
}
