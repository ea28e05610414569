import ByteStorage
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory
import TestSupport
import Testing

/// A machine that is none: pages of 64 KiB, a kernel in two pieces, a command line as boot parameters.
private struct Load: LinuxLoad {
    var request: LoadRequest
    var usableMemory: [PhysicalRange]
    var header: ElfcorehdrSegment?
    var commandLineLimit = 100

    var pageSize: ByteCount { .kibibytes(64) }
    var kernelPieces: [KernelPiece] {
        [(0, 0x1_0000), (0x2_0000, 0x3_0000)].map { offset, size in
            KernelPiece(offset: ByteCount(offset), memorySize: ByteCount(size), contents: Bytes([1, 2, 3]))
        }
    }
    var warnings: [String] { ["the machine's"] }
    var purgatory: PurgatoryImage { .x86_64 }

    func elfcorehdr(_ places: Places) -> ElfcorehdrSegment? { header }
    func commandLine(_ places: Places) throws(PlanError) -> KernelCommandLine {
        try request.commandLine.adding([.elfcorehdr(at: header.flatMap { _ in places[.elfcorehdr] })])
    }
    func sizes(purgatory: ByteCount) throws(PlanError) -> [(role: SegmentRole, size: ByteCount)] {
        [
            (.bootParameters, ByteCount(try commandLine(unplaced).bytes.count)), (.elfcorehdr, try elfcorehdrSize()),
            (.purgatory, purgatory), (.kernel, .kibibytes(320)), (.initrd, initrdSize),
        ]
    }
    func refine(_ wish: inout PlacementRequest) {
        if wish.role == .kernel { wish.alignment = .mebibytes(1) }
    }
    func nextKernelRAM(_ places: Places) -> [PhysicalRange] { usableMemory }
    func ownSegments(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> [PlacedSegment] {
        [PlacedSegment(role: .bootParameters, memory: try places.memory(.bootParameters), contents: Bytes(commandLine.bytes))]
    }
    func setParameters(of purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, _ places: Places) {}
}

/// The steps that every machine's load takes, and what a machine says in between.
@Suite struct StepsTests {
    private func load(_ line: String = "quiet", initrd: [UInt8]? = [9, 9, 9], elfcorehdr: Bool = true) throws -> Load {
        var request = LoadRequest(
            purpose: .crash, kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(SyntheticBzImage.small().bytes))),
            initrd: initrd.map { .init(name: "initrd.img", contents: Bytes($0)) }, commandLine: KernelCommandLine(line),
            rngSeed: [UInt8](repeating: 0, count: 32))
        request.warnings = ["the request's"]
        let memory = try #require(PhysicalRange(start: PhysicalAddress(0x1000_0000), end: PhysicalAddress(0x1100_0000)))
        let header = Elfcorehdr(
            machine: 62, crashNotes: [], vmcoreinfo: memory, kernelText: nil, memory: [Elfcorehdr.Memory(memory)], directMapOffset: 0)
        return Load(
            request: request, usableMemory: [memory],
            header: elfcorehdr ? try ElfcorehdrSegment(header, capacity: .zero, pageSize: .kibibytes(64)) : nil)
    }

    /// From the top down in the order of the sizes, in whole pages, each aligned as the machine asks.
    @Test func places() throws {
        let draft = try load().draft()
        let starts = draft.segments.map { ($0.role, $0.memory.start.rawValue, $0.memory.size.rawValue) }
        #expect(
            starts.map { "\($0.0) \(String($0.1, radix: 16)) \(String($0.2, radix: 16))" } == [
                "kernel 10f00000 10000", "kernel 10f20000 30000", "bootParameters 10ff0000 10000", "elfcorehdr 10fe0000 10000",
                "initrd 10fc0000 10000",
            ])
        #expect(draft.purgatoryMemory.end.rawValue == 0x10fe_0000)
        #expect(draft.segments.last?.contents.count == 3)
    }

    @Test func theKernelIsToldWhereTheElfcorehdrIs() throws {
        #expect(try load().draft().commandLine.description == "quiet elfcorehdr=0x10fe0000")
        #expect(try load(elfcorehdr: false).draft().commandLine.description == "quiet")
    }

    /// No place makes a longer line than the one that sizes are taken from.
    @Test func unplacedIsTheLongest() throws {
        let load = try load()
        let longest = try load.commandLine(load.unplaced).bytes.count
        for start in [0x1000_0000, 0x10ff_0000] as [UInt64] {
            let place = try #require(PhysicalRange(start: PhysicalAddress(start), size: .page))
            #expect(try load.commandLine([.elfcorehdr: place]).bytes.count <= longest)
        }
    }

    @Test func warningsInTheirOrder() throws {
        let warnings = try load().draft().warnings
        #expect(warnings.first == "the request's" && warnings.last == "the machine's" && warnings.count == 3, "\(warnings)")
    }

    @Test func refusals() throws {
        var tooLong = try load(String(repeating: "x", count: 90))
        #expect(throws: PlanError.commandLineTooLong(112, limit: 100)) { try tooLong.draft() }
        tooLong.commandLineLimit = 112
        #expect(throws: Never.self) { try tooLong.draft() }
        #expect(throws: PlanError.emptyInitrd("initrd.img")) { try load(initrd: []).draft() }
        #expect(throws: PlanError.commandLineHasNUL) { try load("a\0b").draft() }
        #expect(throws: PlanError.commandLineHasOpenQuote) { try load("a=\"b").draft() }
        #expect(throws: Never.self) { try load("a=\"b", elfcorehdr: false).draft() }
    }
}
