import FirmwareAssistedDump
import HostState
import JSON
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

@Suite struct RegionsTextTests {
    private func parse(_ text: String) throws -> FadumpRegions { try FadumpRegions(Array(text.utf8), from: "fadump_region") }

    private func area(_ start: UInt64, _ size: UInt64, dumped: UInt64 = 0) -> FadumpRegions.Area {
        .init(start: PhysicalAddress(start), size: ByteCount(size), dumped: ByteCount(dumped))
    }

    private func memory(_ source: UInt64, _ destination: UInt64, _ size: UInt64, dumped: UInt64 = 0) -> FadumpRegions.BootMemory {
        .init(source: PhysicalAddress(source), destination: PhysicalAddress(destination), size: ByteCount(size), dumped: ByteCount(dumped))
    }

    @Test func registeredGuest() throws {
        let regions = try FadumpRegions(FadumpFixture.plain.bytes(.first, FadumpRegions.name), from: "fadump_region")
        #expect(
            regions
                == FadumpRegions(
                    cpuState: area(0x2000_0000, 0xa00), hashPageTable: area(0x2000_0a00, 0),
                    bootMemory: [memory(0, 0x2000_1000, 0x2000_0000)],
                    parameters: .init(start: PhysicalAddress(0x7fff_f800), size: ByteCount(0x800 as UInt64), text: "panic=1 swk-appended")))
        #expect(!regions.isDumpActive)
    }

    @Test func captureKernel() throws {
        let regions = try FadumpRegions(FadumpFixture.plain.bytes(.capture, FadumpRegions.name), from: "fadump_region")
        #expect(regions.cpuState == area(0x2000_0000, 0xa00, dumped: 0xa00))
        #expect(regions.bootMemory == [memory(0, 0x2000_1000, 0x2000_0000, dumped: 0x2000_0000)])
        #expect(regions.reservedFrom == PhysicalAddress(0x2000_0000))
        #expect(regions.isDumpActive)
    }

    /// A newer kernel's regions, as an older capture kernel prints them: without size and line end, so that the next one follows in
    /// the line (rtas_fadump_region_show() of Linux 6.9 and newer).
    @Test func typesThatTheKernelDoesNotKnow() throws {
        let cpu = "CPU :[0x00000020000000-0x000000200009ff] 0xa00 bytes, Dumped: 0xa00"
        let dump = "DUMP: Src: 0x00000000000000, Dest: 0x00000020001000, Size: 0x20000000, Dumped: 0x20000000 bytes"
        func unknown(_ type: Int) -> String { "Unknown region type \(type) : Src: 0x0000007ffff800, Dest: 0x00000040001000, " }
        func region(_ type: UInt64) -> FadumpRegions.Unknown {
            .init(type: type, source: PhysicalAddress(0x7fff_f800), destination: PhysicalAddress(0x4000_1000))
        }
        let rest = FadumpRegions(
            cpuState: area(0x2000_0000, 0xa00, dumped: 0xa00),
            bootMemory: [memory(0, 0x2000_1000, 0x2000_0000, dumped: 0x2000_0000)])
        var expected = rest
        expected.unknown = [region(256)]
        #expect(
            try parse("\(cpu)\n\(dump)\n\(unknown(256))\nMemory above 0x20000000 is reserved for saving crash dump\n").unknown == [
                region(256)
            ])
        #expect(try parse("\(cpu)\n\(dump)\n\(unknown(256))") == expected)
        #expect(try parse("\(cpu)\n\(unknown(256))\(dump)\n") == expected)
        expected.unknown = [region(3), region(4)]
        #expect(try parse("\(unknown(3))\(cpu)\n\(unknown(4))\(dump)\n") == expected)
        #expect(try parse("\(cpu)\n\(unknown(3))\(unknown(4))\(dump)\n") == expected)
        guard case .array(let list) = expected.json else { return }
        #expect(try FadumpRegions(list, from: "regions") == expected)
        for garbled in ["Unknown region type x : Src: 0x0, Dest: 0x0, ", "Unknown region type 3 : Src: 0x0", "\(unknown(3))garbage"] {
            #expect(throws: HostStateError.self) { try parse("\(cpu)\n\(garbled)\n") }
        }
    }

    /// As Linux 3.4 documented it: registered, and in the capture kernel.
    @Test(arguments: ["", " "]) func theFormOf2012(_ blank: String) throws {
        let registered = """
            CPU :\(blank)[0x0000006ffb0000-0x0000006fff001f] 0x40020 bytes, Dumped: 0x0
            HPTE:\(blank)[0x0000006fff0020-0x0000006fff101f] 0x1000 bytes, Dumped: 0x0
            DUMP:\(blank)[0x0000006fff1020-0x0000007fff101f] 0x10000000 bytes, Dumped: 0x0

            """
        #expect(
            try parse(registered)
                == FadumpRegions(
                    cpuState: area(0x6ffb_0000, 0x40020), hashPageTable: area(0x6fff_0020, 0x1000),
                    bootMemory: [memory(0, 0x6fff_1020, 0x1000_0000)]))
        let active = """
            CPU :\(blank)[0x0000006ffb0000-0x0000006fff001f] 0x40020 bytes, Dumped: 0x40020
            HPTE:\(blank)[0x0000006fff0020-0x0000006fff101f] 0x1000 bytes, Dumped: 0x1000
            DUMP:\(blank)[0x0000006fff1020-0x0000007fff101f] 0x10000000 bytes, Dumped: 0x10000000
                :\(blank)[0x00000010000000-0x0000006ffaffff] 0x5ffb0000 bytes, Dumped: 0x5ffb0000
            """
        let regions = try parse(active)
        #expect(regions.preserved == area(0x1000_0000, 0x5ffb_0000, dumped: 0x5ffb_0000))
        #expect(regions.bootMemory == [memory(0, 0x6fff_1020, 0x1000_0000, dumped: 0x1000_0000)])
        #expect(regions.isDumpActive)
    }

    /// OPAL saves the registers elsewhere and copies several regions.
    @Test func opal() throws {
        let regions = try parse(
            """
            DUMP: Src: 0x00000000000000, Dest: 0x00000040000000, Size: 0x20000000, Dumped: 0x0 bytes
            DUMP: Src: 0x00000030000000, Dest: 0x00000060000000, Size: 0x10000000, Dumped: 0x0 bytes
            """)
        #expect(regions.bootMemory == [memory(0, 0x4000_0000, 0x2000_0000), memory(0x3000_0000, 0x6000_0000, 0x1000_0000)])
        #expect(regions.cpuState == nil)
    }

    @Test func disabledPrintsNothing() throws {
        for text in ["", "\n", "\n\n"] { #expect(try parse(text).isEmpty) }
    }

    @Test(arguments: [
        "hello", "CPU", "CPU :", "CPU :[0x0-0xf]", "CPU :[0x0-0xf] 0x10 bytes", "CPU :[0x0-0xf] 0x10 bytes, Dumped:",
        "CPU :[0x0-0xf] 0x10 bytes, Dumped: 0x0 and more", "CPU :[0x0-0xe] 0x10 bytes, Dumped: 0x0",
        "CPU :[0x10-0x0] 0x10 bytes, Dumped: 0x0",
        "CPU :[0x0x-0xf] 0x10 bytes, Dumped: 0x0", "CPU :[0x0-0x1ffffffffffffffff] 0x0 bytes, Dumped: 0x0",
        "MMU :[0x0-0xf] 0x10 bytes, Dumped: 0x0",
        "DUMP: Src: 0x0, Dest: 0x1000", "DUMP: Src: 0x0, Dest: 0x1000, Size: 0x1000, Dumped: 0x0", "DUMP: Source: 0x0",
        "DUMP: Src: , Dest: 0x1000, Size: 0x1000, Dumped: 0x0 bytes", "DUMP: Src: 0x0, Dest: 0x1000, Size: 0x1000, Dumped: 0x0 bytes.",
        "[0x0-0xf]: cmdline append: ", "[0x0-0xf]: cmdline append: 'x", "[0x0-0xf] cmdline append: 'x'",
        "Memory above 0x0", "Memory above 0x1000 is reserved for saving crash dump.", "Memory above is reserved for saving crash dump",
    ])
    func lineOfNeitherForm(_ line: String) throws {
        let error = #expect(throws: HostStateError.self) {
            try parse("CPU :[0x0-0xfff] 0x1000 bytes, Dumped: 0x0\n\n\(line)\n")
        }
        guard case .garbled(_, let number, let found, _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(number == 3)
        #expect(found == line.trimmingSuffix { $0 == " " })
    }

    @Test func eachKindButBootMemoryOnce() {
        for line in [
            "CPU :[0x0-0xf] 0x10 bytes, Dumped: 0x0", "HPTE:[0x0-0xf] 0x10 bytes, Dumped: 0x0",
            "Memory above 0x1000 is reserved for saving crash dump",
        ] {
            #expect(throws: HostStateError.self) { try parse("\(line)\n\(line)\n") }
        }
    }

    /// No text traps, and none that was cut in a line is taken.
    @Test func everyTruncation() throws {
        let text = String(decoding: try FadumpFixture.plain.bytes(.capture, FadumpRegions.name), as: UTF8.self)
        let whole = try parse(text)
        for length in 0..<text.utf8.count {
            guard let regions = try? parse(String(decoding: text.utf8.prefix(length), as: UTF8.self)) else { continue }
            #expect(regions.bootMemory.isEmpty || regions.bootMemory == whole.bootMemory)
            #expect(regions.parameters == nil || regions.parameters == whole.parameters)
        }
    }

    @Test func hostileNumbers() throws {
        var generator = SeededGenerator(seed: 23)
        for _ in 0..<2000 {
            let numbers = (0..<8).map { _ in String(generator.hostileNumber(), radix: 16) }
            let regions = try? parse(
                """
                CPU :[0x\(numbers[0])-0x\(numbers[1])] 0x\(numbers[2]) bytes, Dumped: 0x\(numbers[3])
                DUMP: Src: 0x\(numbers[4]), Dest: 0x\(numbers[5]), Size: 0x\(numbers[6]), Dumped: 0x\(numbers[7]) bytes
                """)
            let dump = try parse("DUMP: Src: 0x\(numbers[4]), Dest: 0x\(numbers[5]), Size: 0x\(numbers[6]), Dumped: 0x\(numbers[7]) bytes")
            guard let boot = try? BootMemory(regions ?? dump) else { continue }
            _ = (boot.top, boot.relocated(PhysicalAddress(generator.hostileNumber())))
            _ = try? ReservedArea.range(regions ?? dump, boot, headerSize: 432, reserved: ByteCount(generator.hostileNumber()))
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while isCut: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isCut(last) { text.removeLast() }
        return text
    }

    @Test func regionsSurviveJSON() throws {
        let path = FilePath("regions.json")
        for text in [
            try FadumpFixture.plain.bytes(.first, FadumpRegions.name), try FadumpFixture.plain.bytes(.capture, FadumpRegions.name),
            Array(
                "DUMP: [0x0000006fff1020-0x0000007fff101f] 0x10000000 bytes, Dumped: 0x1\n    : [0x10-0x1f] 0x10 bytes, Dumped: 0x10\n".utf8
            ),
        ] {
            let regions = try FadumpRegions(text, from: path)
            guard case .array(let list) = try JSONReader.value(Array(regions.json.text.utf8)) else { return #expect(Bool(false)) }
            #expect(try FadumpRegions(list, from: path) == regions)
        }
    }
}
