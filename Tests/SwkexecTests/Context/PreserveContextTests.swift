import KexecSystem
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// `--load-preserve-context`: what the other kernel gets, what is kept aside of it, and how it learns
/// the way back.
struct PreserveContextTests {
    private let bench: Bench
    private let machine: TemporaryFolder
    /// The synthetic machine's kernel lies at 16 MiB and its crash notes at 984 MiB.
    private static let aroundTheKernel = "--mem-max=0x5ffffff"
    private static let elsewhere = ["--mem-min=0x40000000", "--mem-max=0x47ffffff"]

    init() throws {
        bench = try Bench()
        machine = try SyntheticSysroot().write()
    }

    private func run(_ arguments: [String]) -> RecordedCommand.Outcome {
        RecordedCommand.run(["--load-preserve-context", "--append=console=ttyS0 foo=bar", bench.kernel] + arguments, root: machine.path)
    }

    private func load(_ arguments: [String]) throws -> KexecLoadCall {
        let outcome = run(arguments)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])
        return try #require(outcome.loads.first)
    }

    private func memory(_ call: KexecLoadCall) -> [Range<UInt64>] {
        call.segments.map { $0.memory..<$0.memory + $0.memorySize }.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Ranges that touch as one.
    private func joined(_ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
        var result: [Range<UInt64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound == range.lowerBound {
                result[result.count - 1] = last.lowerBound..<range.upperBound
            } else {
                result.append(range)
            }
        }
        return result
    }

    @Test func theFlags() throws {
        #expect(try load([Self.aroundTheKernel]).flags.rawValue == 0x3e_0002)  // KEXEC_PRESERVE_CONTEXT
    }

    /// What is no segment is not kept aside: the segments are all that the other kernel may touch,
    /// whole pages of it, and its memory map offers nothing else.
    @Test(arguments: [
        ([aroundTheKernel], 0x10_0000..<0x600_0000 as Range<UInt64>),
        (elsewhere, 0x4000_0000..<0x4800_0000),
        (["--mem-min=0x40000800", "--mem-max=0x47fff7ff"], 0x4000_1000..<0x47ff_f000),
    ])
    func allOfItsMemoryIsSegments(_ arguments: [String], _ high: Range<UInt64>) throws {
        let call = try load(arguments)
        #expect(joined(memory(call)) == [0x1000..<0x9_f000, high])
        for (range, next) in zip(memory(call), memory(call).dropFirst()) { #expect(range.upperBound <= next.lowerBound) }
        let ram = try LoadedKernel(call: call).ram()
        #expect(ram.first == 0x1000..<0x9_f000)
        for range in ram.dropFirst() { #expect(high.contains(range.lowerBound) && range.upperBound <= high.upperBound) }
        #expect(ram.dropFirst().reduce(0) { $0 + $1.count } > high.count - (64 << 10))
    }

    @Test func theCrashKernelsRegionIsLeftAlone() throws {
        let ranges = joined(memory(try load(["--mem-min=0x6c000000", "--mem-max=0x7fffffff"])))
        #expect(ranges.dropFirst() == [0x6c00_0000..<0x6e00_0000, 0x7e00_0000..<0x7ffe_0000])
    }

    @Test func purgatoryKnowsWhereTheWayBackGoes() throws {
        let call = try load([Self.aroundTheKernel])
        let loaded = LoadedKernel(call: call)
        #expect(try loaded.commandLine() == "console=ttyS0 foo=bar kexec_jump_back_entry=0x0000000000000000")
        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.isCalled] == 1)
        let digits = try #require(purgatory[PurgatoryX86_64.wayBackDigits])
        #expect(try loaded.text(at: digits) == "0000000000000000")
        #expect(try loaded.text(at: digits - 24) == "kexec_jump_back_entry=0x0000000000000000")
    }

    /// A kernel that was itself started so hands its command line on.
    @Test func anOlderWayBackIsReplaced() throws {
        var sysroot = SyntheticSysroot()
        sysroot.commandLine = "kexec_jump_back_entry=0x00000000060000f2 console=ttyS0 -- init words"
        let machine = try sysroot.write()
        let outcome = RecordedCommand.run(
            ["--load-preserve-context", "--reuse-cmdline", Self.aroundTheKernel, bench.kernel], root: machine.path)
        let call = try #require(outcome.loads.first)
        let loaded = LoadedKernel(call: call)
        #expect(try loaded.commandLine() == "console=ttyS0 kexec_jump_back_entry=0x0000000000000000 -- init words")
        let digits = try #require(PurgatoryParameters(call)[PurgatoryX86_64.wayBackDigits])
        #expect(try loaded.text(at: digits) == "0000000000000000 -- init words")
    }

    /// The other kernel sees this one in /proc/vmcore where this one is not kept aside itself.
    @Test func elfcorehdr() throws {
        let call = try load(Self.elsewhere)
        let loaded = LoadedKernel(call: call)
        let words = try loaded.commandLine().split(separator: " ")
        let address = try #require(words.first { $0.hasPrefix("elfcorehdr=0x") }.flatMap { UInt64($0.dropFirst(13), radix: 16) })
        let header = try loaded.bytes(at: address)
        #expect(header.starts(with: [0x7f, 0x45, 0x4c, 0x46]))
        // Its PT_LOADs leave out what the other kernel has.
        for index in 0..<Int(header.littleEndian(at: 56, width: 2)) where header.littleEndian(at: 64 + index * 56, width: 4) == 1 {
            let start = header.littleEndian(at: 64 + index * 56 + 24, width: 8)
            let end = start + header.littleEndian(at: 64 + index * 56 + 40, width: 8)
            #expect(end <= 0x4000_0000 || start >= 0x4800_0000, "\(start) to \(end)")
        }
        #expect(!(try loaded.ram()).contains { $0.contains(address) })
        #expect(
            try LoadedKernel(call: try load([Self.aroundTheKernel])).commandLine().split(separator: "=").allSatisfy {
                !$0.hasSuffix("elfcorehdr")
            })
    }

    @Test func itIsALoadAndNothingMore() throws {
        #expect(run([Self.aroundTheKernel]).names == ["kexec_load"])  // no shutdown
        #expect(run([Self.aroundTheKernel, "-l"]).names == ["kexec_load"])
    }

    @Test(arguments: [
        (["-p", aroundTheKernel], "two actions at once"),
        (["-s", aroundTheKernel], "--load-preserve-context: only with kexec_load (-c), not with kexec_file_load (-s)"),
        ([], "--mem-max"),
        (["--mem-max=0xfffff"], "no RAM above the first MiB"),
        (["--real-mode", aroundTheKernel], "--real-mode"),
    ])
    func refused(_ arguments: [String], _ words: String) {
        let outcome = run(arguments)
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains(words) == true, "\(outcome.failure ?? "loaded")")
    }

    @Test func aMultibootImageWouldTakeAllMemory() throws {
        let image = try bench.folder.write(SyntheticMultiboot(version: 1).bytes, to: "multiboot").string
        let outcome = RecordedCommand.run(["--load-preserve-context", Self.aroundTheKernel, image], root: machine.path)
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains("given all memory") == true)
    }

    /// EINVAL for a flag that the kernel does not know.
    @Test func aKernelWithoutKexecJump() throws {
        let outcome = RecordedCommand.run(
            ["--load-preserve-context", Self.aroundTheKernel, bench.kernel], root: machine.path, answers: [.invalidArgument])
        #expect(outcome.failure?.contains("CONFIG_KEXEC_JUMP") == true)
    }
}
