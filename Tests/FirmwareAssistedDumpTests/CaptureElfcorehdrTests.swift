import BinaryLayout
import ELF
import FirmwareAssistedDump
import PhysicalMemory
import TestSupport
import Testing

@Suite struct CaptureElfcorehdrTests {
    private func range(_ range: Range<Int>) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(UInt64(range.lowerBound)), end: PhysicalAddress(UInt64(range.upperBound))))
    }

    private func header(note: UInt64 = 0, size: UInt64 = 1) throws -> CrashInfo {
        let bytes = SyntheticHeader.current(address: note, noteSize: size)
        guard case .current(let header) = try CrashInfoHeader(bytes.span) else { throw Unexpected() }
        return header
    }

    private struct Unexpected: Error {}

    private func bootMemory(_ regions: [(source: UInt64, destination: UInt64, size: UInt64)]) throws -> BootMemory {
        try BootMemory(
            FadumpRegions(
                bootMemory: regions.map {
                    .init(source: PhysicalAddress($0.source), destination: PhysicalAddress($0.destination), size: ByteCount($0.size))
                }))
    }

    private func bootMemory(_ model: SlowModel) throws -> BootMemory {
        try bootMemory(
            model.bootMemory.map {
                (UInt64($0.lowerBound), UInt64(model.contents[$0.lowerBound] ?? 0), UInt64($0.count))
            })
    }

    // MARK: - Against a slow model

    @Test func everyByteIsWhereTheModelHasIt() throws {
        var generator = SeededGenerator(seed: 41)
        var made = 0
        for _ in 0..<4000 {
            let model = SlowModel.random(&generator)
            let reserved = try range(model.reserved)
            let memory = try model.memory.map { try range($0) }
            let boot = try bootMemory(model)
            // The kernel would find no such place; nor may the function.
            let isPossible = model.reserved.allSatisfy { $0 < SlowModel.space && model.range[$0] != nil }
            guard
                let made0 = try? CaptureElfcorehdr(
                    header(note: UInt64(model.memory[0].lowerBound)), boot, reserved: reserved, memory: memory)
            else {
                #expect(!isPossible, "\(model.bootMemory) \(model.reserved) \(model.memory)")
                continue
            }
            #expect(isPossible)
            made += 1
            let loads = made0.programHeaders.dropFirst(2).map {
                [Int($0.physicalAddress.rawValue), Int($0.memorySize.rawValue), Int($0.offset.rawValue)]
            }
            #expect(loads == model.loads, "\(model.bootMemory) \(model.reserved) \(model.memory)")
            #expect(
                made0.programHeaders.dropFirst(2).allSatisfy {
                    $0.type == 1 && $0.fileSize == $0.memorySize && $0.memorySize > .zero
                        && $0.virtualAddress == 0xc000_0000_0000_0000 + $0.physicalAddress.rawValue
                })
        }
        #expect(made > 500)
    }

    @Test func relocationAgreesWithTheModel() throws {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<500 {
            let model = SlowModel.random(&generator)
            let boot = try bootMemory(model)
            for byte in 0..<SlowModel.space {
                let expected = model.bootMemory.contains { $0.contains(byte) } ? model.contents[byte] ?? -1 : byte
                #expect(boot.relocated(PhysicalAddress(UInt64(byte))) == PhysicalAddress(UInt64(expected)))
            }
            #expect(boot.top.rawValue == UInt64(model.bootMemory.last?.upperBound ?? 0))
            #expect(boot.size.rawValue == UInt64(model.bootMemory.map(\.count).reduce(0, +)))
        }
    }

    // MARK: - What the model is too small for

    /// Two regions with a hole, as on a machine whose first node ends below what boot memory takes.
    @Test func regionsWithAHole() throws {
        let boot = try bootMemory([(0, 0x4000_1000, 0x1000_0000), (0x2000_0000, 0x5000_1000, 0x800_0000)])
        let memory = [0..<0x1000_0000, 0x2000_0000..<0x8000_0000, 0x1_0000_0000..<0x1_4000_0000]
        let made = try CaptureElfcorehdr(
            header(note: 0x4000_2000, size: 0x1024), boot, reserved: range(0x4000_0000..<0x5800_11b0), memory: memory.map { try range($0) })
        let table = try #require(CoreProgramHeader.table(of: try made.bytes()))
        #expect(table.map(\.type) == [4, 4, 1, 1, 1, 1, 1])
        #expect(table.dropFirst(2).map(\.physicalAddress) == [0, 0x2000_0000, 0x2800_0000, 0x5800_11b0, 0x1_0000_0000])
        #expect(table.dropFirst(2).map(\.offset) == [0x4000_1000, 0x5000_1000, 0x2800_0000, 0x5800_11b0, 0x1_0000_0000])
        #expect(table.dropFirst(2).map(\.memorySize) == [0x1000_0000, 0x800_0000, 0x1800_0000, 0x27ff_ee50, 0x4000_0000])
        #expect(boot.relocated(PhysicalAddress(0x2000_0010)) == PhysicalAddress(0x5000_1010))
        #expect(boot.relocated(PhysicalAddress(0x1800_0000)) == PhysicalAddress(0x1800_0000))
    }

    /// The kernel leaves an empty program header there.
    @Test func aRegionInsideTheReservedAreaHasNoHeader() throws {
        let boot = try bootMemory([(0, 0x2000_1000, 0x2000_0000)])
        let memory = [0..<0x2000_0000, 0x2000_0000..<0x3000_0000, 0x3000_0000..<0x4000_0000, 0x4000_0000..<0x8000_0000]
        let made = try CaptureElfcorehdr(
            header(note: 0x2000_2000), boot, reserved: range(0x2000_0000..<0x4000_11b0), memory: memory.map { try range($0) })
        #expect(made.programHeaders.count == 4)
        #expect(made.programHeaders.allSatisfy { $0.type != 1 || $0.memorySize > .zero })
    }

    /// 65,534 program headers can be counted: two notes, one of boot memory, and the rest.
    @Test func asManyAsTheHeaderCounts() throws {
        let boot = try bootMemory([(0, 0x2001, 0x1000)])
        func made(_ ranges: Int) throws -> CaptureElfcorehdr {
            let memory =
                try [range(0..<0x1000), range(0x2000..<0x4000)]
                + (0..<ranges).map { try range(0x10000 + $0 * 0x2000..<0x10000 + $0 * 0x2000 + 0x1000) }
            return try CaptureElfcorehdr(header(note: 0x2010), boot, reserved: range(0x2000..<0x4000), memory: memory)
        }
        #expect(try made(65_531).bytes().count == 64 + 65_534 * 56)
        #expect(throws: ELFError.tooManyProgramHeaders(65_535)) { try made(65_532).bytes() }
        #expect(throws: ELFError.tooManyProgramHeaders(65_536)) { try made(65_533).bytes() }
    }

    @Test func warnings() throws {
        let boot = try bootMemory([(0, 0x2001, 0x1000)])
        let memory = try [range(0..<0x1000), range(0x2000..<0x8000)]
        func warnings(_ header: CrashInfo) throws -> [String] {
            try CaptureElfcorehdr(header, boot, reserved: range(0x2000..<0x4000), memory: memory).warnings
        }
        #expect(try warnings(header(note: 0x2010)).isEmpty)
        #expect(try warnings(header(note: 0x10)).count == 1)
        var newer = try header(note: 0x2010)
        newer.version = 9
        #expect(try warnings(newer).first?.contains("version 9") == true)
    }

    // MARK: - What does not go together

    @Test(
        arguments: [
            // None, empty, past 64 bits.
            ([], "no boot memory"),
            ([(0, 0x2000, 0)], "no range of memory"),
            ([(0xffff_ffff_ffff_f000, 0x2000, 0x1000)], "no range of memory"),
            ([(0, 0xffff_ffff_ffff_f000, 0x2000)], "no range of memory"),
            // One over the other, out of order, over its own copy.
            ([(0, 0x8000, 0x1000), (0x800, 0x9000, 0x1000)], "overlap"),
            ([(0x1000, 0x8000, 0x1000), (0, 0x9000, 0x1000)], "out of order"),
            ([(0, 0x800, 0x1000)], "overlap"),
            // Not where the kernel looks for it.
            ([(0, 0x8000, 0x1000), (0x2000, 0xa000, 0x1000)], "behind the region before it"),
        ] as [([(UInt64, UInt64, UInt64)], String)])
    func regionsThatCannotBe(_ regions: [(UInt64, UInt64, UInt64)], _ expected: String) throws {
        let error = #expect(throws: FadumpRegionsError.self) {
            try bootMemory(regions.map { (source: $0.0, destination: $0.1, size: $0.2) })
        }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test(
        arguments: [
            // Boot memory, the area, VMCOREINFO past the end of memory; VMCOREINFO that is no range.
            (
                [0..<0x800, 0x2000..<0x8000], 0x2000..<0x4000, UInt64(0x2010), UInt64(1),
                "boot memory 0x0-0xfff runs past the end of memory"
            ),
            (
                [0..<0x1000, 0x2000..<0x3000], 0x2000..<0x4000, 0x2010, 1,
                "the reserved area 0x2000-0x3fff runs past the end of memory: 0x3000-0x3fff"
            ),
            ([0..<0x1000, 0x2000..<0x8000], 0x2000..<0x4000, 0x8000, 1, "VMCOREINFO"),
            ([0..<0x1000, 0x2000..<0x8000], 0x2000..<0x4000, 0x2010, 0, "VMCOREINFO"),
            ([0..<0x1000, 0x2000..<0x8000], 0x2000..<0x4000, .max, .max, "VMCOREINFO"),
            ([0..<0x8000], 0x800..<0x4000, 0x2010, 1, "the reserved area 0x800-0x3fff and boot memory 0x0-0xfff overlap"),
            ([], 0x2000..<0x4000, 0x2010, 1, "boot memory"),
        ] as [([Range<Int>], Range<Int>, UInt64, UInt64, String)])
    func memoryThatDoesNotFit(_ memory: [Range<Int>], _ reserved: Range<Int>, _ note: UInt64, _ size: UInt64, _ expected: String) throws {
        let boot = try bootMemory([(0, 0x2001, 0x1000)])
        let error = #expect(throws: FadumpRegionsError.self) {
            try CaptureElfcorehdr(header(note: note, size: size), boot, reserved: range(reserved), memory: memory.map { try range($0) })
        }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func reservedAreas() throws {
        func area(_ regions: FadumpRegions, _ reserved: UInt64?) throws -> PhysicalRange {
            try ReservedArea.range(regions, BootMemory(regions), headerSize: 0x1b0, reserved: reserved.map { ByteCount($0) })
        }
        var regions = FadumpRegions(bootMemory: [
            .init(source: PhysicalAddress(0), destination: PhysicalAddress(0x8000), size: ByteCount(0x1000 as UInt64))
        ])
        // On OPAL the kernel's metadata follow the header.
        #expect(throws: FadumpRegionsError.self) { try area(regions, nil) }
        #expect(try area(regions, 0x11000) == range(0x8000..<0x19000))
        #expect(throws: FadumpRegionsError.self) { try area(regions, 0x11af) }
        #expect(throws: FadumpRegionsError.self) { try area(regions, .max) }
        regions.cpuState = .init(start: PhysicalAddress(0x7000), size: ByteCount(0x800 as UInt64))
        #expect(try area(regions, nil) == range(0x7000..<0x91b0))
        regions.hashPageTable = .init(start: PhysicalAddress(0x7800), size: ByteCount(0x801 as UInt64))
        #expect(throws: FadumpRegionsError.self) { try area(regions, nil) }
        regions.hashPageTable = .init(start: PhysicalAddress(0x7800), size: ByteCount(UInt64.max))
        #expect(throws: FadumpRegionsError.self) { try area(regions, nil) }
    }

    @Test func hostileNumbersNeverTrap() throws {
        var generator = SeededGenerator(seed: 43)
        for _ in 0..<5000 {
            func number() -> UInt64 { generator.hostileNumber() }
            guard let boot = try? bootMemory((0..<Int.random(in: 1...2, using: &generator)).map { _ in (number(), number(), number()) })
            else { continue }
            let memory = (0..<4).compactMap { _ in PhysicalRange(start: PhysicalAddress(number()), size: ByteCount(number())) }
            guard let reserved = PhysicalRange(start: PhysicalAddress(number()), size: ByteCount(number())) else { continue }
            _ = try? CaptureElfcorehdr(header(note: number(), size: number()), boot, reserved: reserved, memory: memory).bytes()
            // The same with memory that holds it all.
            let all = [PhysicalRange(start: PhysicalAddress(0), end: PhysicalAddress(.max))].compactMap { $0 }
            _ = try? CaptureElfcorehdr(header(note: number(), size: number()), boot, reserved: reserved, memory: all).bytes()
        }
    }
}
