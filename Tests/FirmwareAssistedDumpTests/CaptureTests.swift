import FirmwareAssistedDump
import HostState
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

/// The elfcorehdr made from what a real first kernel left, against the /proc/vmcore that the real
/// capture kernel made of its own.
@Suite struct CaptureTests {
    private func elfcorehdr(_ fixture: FadumpFixture) throws -> CaptureElfcorehdr {
        let file = try fixture.bytes("header-crashed.bin")
        guard case .current(let header) = try CrashInfoHeader(file.span) else { throw Unexpected() }
        let regions = try FadumpRegions(fixture.bytes(.capture, FadumpRegions.name), from: "fadump_region")
        let boot = try BootMemory(regions)
        let reserved = try ReservedArea.range(regions, boot, headerSize: header.size, reserved: nil)
        let memory = try IOMemory(fixture.bytes(.capture, IOMemory.name), from: "iomem").ranges(named: "System RAM")
        return try CaptureElfcorehdr(header, boot, reserved: reserved, memory: memory)
    }

    private struct Unexpected: Error {}

    /// Addresses, sizes, offsets, flags: all that the capture kernel shows of RAM.
    @Test(arguments: FadumpFixture.allCases) func loadsAreThoseOfTheCaptureKernel(_ fixture: FadumpFixture) throws {
        let ours = try #require(CoreProgramHeader.table(of: try elfcorehdr(fixture).bytes()))
        let seen = try #require(CoreProgramHeader.table(of: try fixture.bytes("vmcore-head.bin")))
        // The empty headers (PT_NULL) of memory inside the reserved area are the kernel's alone.
        #expect(ours.map(\.type) == [4, 4] + seen.dropFirst().map(\.type).filter { $0 != 0 })
        let notesEnd = try #require(seen.dropFirst().first).offset
        #expect(Vmcore.loads(of: ours, from: notesEnd) == seen.filter { $0.type == 1 })
    }

    /// As the guest's own description of it says.
    @Test func theGuestsNumbers() throws {
        let table = try #require(CoreProgramHeader.table(of: try elfcorehdr(.plain).bytes()))
        #expect(table.map(\.physicalAddress) == [0, 0x220c_7000, 0, 0x4000_11b0])
        #expect(table.map(\.offset) == [0, 0x220c_7000, 0x2000_1000, 0x4000_11b0])
        #expect(table.map(\.memorySize) == [0, 0x1024, 0x2000_0000, 0x3fff_ee50])
        #expect(table.map(\.fileSize) == table.map(\.memorySize))
        #expect(table.map(\.virtualAddress) == [0, 0, 0xc000_0000_0000_0000, 0xc000_0000_4000_11b0])
        #expect(table.map(\.flags) == [0, 0, 7, 7])
        #expect(try elfcorehdr(.plain).warnings.isEmpty)
    }

    /// The ELF header but for e_phnum, which counts the notes that /proc/vmcore merges into one.
    @Test(arguments: FadumpFixture.allCases) func theELFHeaderIsTheKernels(_ fixture: FadumpFixture) throws {
        let ours = try elfcorehdr(fixture).bytes()
        let seen = try fixture.bytes("vmcore-head.bin")
        let phnum = try #require(CHeaders.field("Elf64_Ehdr", "e_phnum")).range
        for index in 0..<64 where !phnum.contains(index) { #expect(ours[index] == seen[index], "at byte \(index)") }
    }

    /// The range that was plugged in is there, though the header is older than it.
    @Test func hotAddedMemoryIsThere() throws {
        let table = CoreProgramHeader.table(of: try elfcorehdr(.hotAdd).bytes())
        let last = try #require(table?.last)
        #expect(last.physicalAddress + last.memorySize == 0xc000_0000)
        let first = try IOMemory(FadumpFixture.hotAdd.bytes(.first, IOMemory.name), from: "iomem").dumpedRAM
        #expect(first.count == 5)
    }

    /// The kernel counts two empty headers there.
    @Test func memoryInsideTheReservedAreaHasNoHeader() throws {
        let seen = try #require(CoreProgramHeader.table(of: try FadumpFixture.numa.bytes("vmcore-head.bin")))
        #expect(seen.count { $0.type == 0 } == 2)
        #expect(try elfcorehdr(.numa).programHeaders.allSatisfy { $0.type != 0 })
    }

    /// The kernel that was registered told the same size of the area: nothing is to be told then.
    @Test(arguments: FadumpFixture.allCases) func theReservedAreaIsTheKernels(_ fixture: FadumpFixture) throws {
        let header = try fixture.bytes("header-registered.bin")
        let regions = try FadumpRegions(fixture.bytes(.first, FadumpRegions.name), from: "fadump_region")
        let boot = try BootMemory(regions)
        let computed = try ReservedArea.range(regions, boot, headerSize: header.count, reserved: nil)
        let told = try #require(try SystemRoot(fixture.sysroot(.first)).number(FadumpState.reservedBytesName))
        #expect(computed.size.rawValue == told)
        #expect(try ReservedArea.range(regions, boot, headerSize: header.count, reserved: ByteCount(told)) == computed)
    }
}

/// /proc/vmcore shows each PT_LOAD in whole pages, one behind the other (fs/proc/vmcore.c).
enum Vmcore {
    private static let page: UInt64 = 4096

    /// - Parameter start: where in the file the notes end
    static func loads(of elfcorehdr: [CoreProgramHeader], from start: UInt64) -> [CoreProgramHeader] {
        var position = start
        return elfcorehdr.filter { $0.type == 1 }.map { header in
            var shown = header
            let inPage = header.offset % page
            shown.offset = position + inPage
            position += (inPage + header.memorySize + page - 1) / page * page
            return shown
        }
    }
}
