import KexecSystem
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// ELF files that are no Linux kernel: `--args-elf` and `--args-none`.
struct ProgramTests {
    private let folder: TemporaryFolder
    private let program: String
    private let program32: String

    init() throws {
        folder = try TemporaryFolder()
        program = try folder.write(SyntheticELFKernel.small().bytes, to: "program").string
        program32 = try folder.write(SyntheticELFKernel.small(is64Bit: false).bytes, to: "program32").string
    }

    private func run(_ arguments: [String]) -> RecordedCommand.Outcome {
        RecordedCommand.run(arguments, root: Fixture.bios.sysroot)
    }

    private func load(_ arguments: [String]) throws -> KexecLoadCall {
        let outcome = run(["-l"] + arguments)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])
        return try #require(outcome.loads.first)
    }

    /// What a loaded program finds at its argument, read as elf_boot.h describes it.
    private struct Notes {
        let size: Int
        /// Type and text of each, in their order.
        var records: [(UInt64, String)] = []

        init(_ bytes: [UInt8]) throws {
            try #require(bytes.littleEndian(at: 0, width: 4) == 0x0e1f_b007)
            size = Int(bytes.littleEndian(at: 4, width: 4))
            try #require(size <= bytes.count)
            var offset = 12
            for _ in 0..<bytes.littleEndian(at: 10, width: 2) {
                let nameSize = Int(bytes.littleEndian(at: offset, width: 4))
                let textSize = Int(bytes.littleEndian(at: offset + 4, width: 4))
                #expect(nameSize == 0)
                let text = bytes[offset + 12..<offset + 12 + textSize]
                #expect(text.last == 0)
                records.append((bytes.littleEndian(at: offset + 8, width: 4), String(decoding: text.dropLast(), as: UTF8.self)))
                offset += 12 + (textSize + 3) / 4 * 4
            }
            #expect(offset == size)
        }
    }

    @Test(arguments: ["", "a", "ab", "abc", "console=ttyS0 root=/dev/sda1 \u{e9}"])
    func bootNotes(_ text: String) throws {
        let call = try load(["--args-elf", "--append=\(text)", program])
        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.entryMode] == 3)
        #expect(purgatory[PurgatoryX86_64.kernelEntry] == 0x100_0010)
        let bytes = try LoadedKernel(call: call).bytes(at: try #require(purgatory[PurgatoryX86_64.argument]))
        let notes = try Notes(bytes)
        #expect(notes.records.map(\.0) == [2, 4])
        #expect(notes.records.map(\.1) == ["swkexec", text])
        // All 16-bit words together, the checksum among them, are 0xffff in one's complement.
        let sum = stride(from: 0, to: notes.size, by: 2).reduce(0) { $0 + bytes.littleEndian(at: $1, width: 2) }
        #expect(sum > 0 && sum % 0xffff == 0)
    }

    /// It lies where it is linked to run, and its zeroed memory with it.
    @Test func itsPlace() throws {
        let call = try load(["--args-none", program])
        let image = SyntheticELFKernel.small()
        #expect(try LoadedKernel(call: call).bytes(at: 0x100_0000) == image.loads[0].contents)
        let data = try #require(call.segments.first { $0.memory == 0x120_0000 })
        #expect(data.memorySize == 0x1_0000 && data.contents.count == 3000)
        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.argument] == 0)
        #expect(purgatory[PurgatoryX86_64.entryMode] == 3)
        #expect(purgatory[PurgatoryX86_64.isCalled] == 0)
        #expect(purgatory.checkEnabled == 1)
        #expect(call.segments.count == 3)
    }

    @Test func a32BitProgram() throws {
        let call = try load(["--args-elf", "--append=words", program32])
        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.entryMode] == 1)
        #expect(purgatory[PurgatoryX86_64.kernelEntry] == 0x100_0010)
        let argument = try #require(purgatory[PurgatoryX86_64.argument])
        #expect(argument < 1 << 32)
        #expect(try Notes(try LoadedKernel(call: call).bytes(at: argument)).records.last?.1 == "words")
        for segment in call.segments { #expect(segment.memory + segment.memorySize <= 1 << 32) }
    }

    @Test func linkedToLowMemory() throws {
        let low = SyntheticELFKernel([.init(at: 0x8000, [UInt8](repeating: 0x90, count: 100))])
        let call = try load(["--args-none", try folder.write(low.bytes, to: "low").string])
        #expect(call.segments.contains { $0.memory == 0x8000 && $0.memorySize == 0x1000 })
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.kernelEntry] == 0x8010)
    }

    @Test func theLastOfTheThreeWins() throws {
        #expect(try PurgatoryParameters(try load(["--args-linux", "--args-elf", program]))[PurgatoryX86_64.entryMode] == 3)
        #expect(try PurgatoryParameters(try load(["-c", "--args-elf", "--args-linux", program]))[PurgatoryX86_64.entryMode] == 0)
    }

    /// Only what it was loaded into is kept aside, unless limits were given.
    @Test func withThisKernelsContext() throws {
        let call = try #require(run(["--load-preserve-context", "--args-none", program]).loads.first)
        #expect(call.flags.rawValue == 0x3e_0002)
        #expect(call.segments.count == 3)
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.isCalled] == 1)
        let all = try #require(run(["--load-preserve-context", "--args-none", "--mem-max=0x1ffffff", program]).loads.first)
        #expect(all.segments.reduce(0) { $0 + $1.memorySize } == 0x9_e000 + 0x1f0_0000)
    }

    @Test(arguments: [
        (["-l", "--args-elf", "--initrd=PROGRAM", "PROGRAM"], "initrd"),
        (["-p", "--args-elf", "PROGRAM"], "--args-elf: only with -l"),
        (["-l", "--args-none", "--entry-32bit", "PROGRAM"], "--entry-32bit"),
        (["-l", "--args-elf", "INITRD"], "is no ELF file"),
        (["--load-preserve-context", "--args-none", "PROGRAM32"], "32-bit"),
    ])
    func refused(_ arguments: [String], _ words: String) throws {
        let text = try folder.write("no ELF file at all", to: "text").string
        let paths = ["PROGRAM": program, "PROGRAM32": program32, "INITRD": text, "--initrd=PROGRAM": "--initrd=\(program)"]
        let outcome = run(arguments.map { paths[$0] ?? $0 })
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains(words) == true, "\(outcome.failure ?? "loaded")")
    }

    /// It is linked to where this machine has no RAM.
    @Test func noMemoryThere() throws {
        let nowhere = SyntheticELFKernel([.init(at: 0x8000_0000, [UInt8](repeating: 1, count: 32))])
        let outcome = run(["-l", "--args-none", try folder.write(nowhere.bytes, to: "nowhere").string])
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains("does not fit") == true)
    }

    @Test func theCommandLineIsNotHeard() throws {
        let result = try Command.run([
            "-l", "--args-none", "--append=words", program, "--dry-run", "--serial=ttyS0", "--sysroot=\(Fixture.bios.sysroot)",
        ])
        #expect(result.status == 0)
        #expect(result.output.contains("is given nothing"))
    }
}
