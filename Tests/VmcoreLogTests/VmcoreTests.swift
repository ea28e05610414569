import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import VmcoreLog

/// The file around the log: headers, notes, addresses.
@Suite struct VmcoreTests {
    private static let expected = "[    0.000000] Linux version\n[    1.000000] Kernel panic\n"

    private func sample() -> SyntheticVmcore {
        var log = SyntheticRingbuffer()
        log.records = [.init(0, "Linux version"), .init(1_000_000_000, "Kernel panic")]
        return log.vmcore
    }

    private func works(_ vmcore: SyntheticVmcore) throws {
        let reading = try Reading(vmcore)
        #expect(reading.error == nil)
        #expect(reading.text == Self.expected)
    }

    @Test func filesThatAreNoVmcore() throws {
        var vmcore = sample()
        vmcore.type = 2
        #expect(try Reading(vmcore).error == .notACore(2))
        vmcore = sample()
        vmcore.elfClass = 1
        #expect(try Reading(vmcore).error == .elf(.unsupportedClass(1)))
        #expect(try Reading([]).error == .elf(.noMagic))
        #expect(try Reading(Array("KDUMP   ".utf8)).error == .elf(.noMagic))
        #expect(Reading("/").error == .system(doing: "read", .isDirectory))
        #expect(Reading("/nonexistent").error == .system(doing: "open", .noSuchFileOrDirectory))
    }

    @Test func programHeadersThatAreNotThere() throws {
        var vmcore = sample()
        vmcore.programHeaderCount = 0
        #expect(try Reading(vmcore).error == .noVMCOREINFO)
        for count in [0xffff, 0xfffe] as [UInt16] {
            vmcore.programHeaderCount = count
            #expect(try Reading(vmcore).error != nil)
        }
    }

    @Test func vmcoreinfoIsFoundInAnyNoteSegment() throws {
        var vmcore = sample()
        let note = try #require(vmcore.notes[0].last)
        vmcore.notes = [
            [], [.init(name: "", contents: [])], [.init(name: "CORE", contents: [1]), .init(name: "VMCOREINFO_XEN", contents: [2])], [note],
        ]
        try works(vmcore)
        vmcore.notes.removeLast()
        #expect(try Reading(vmcore).error == .noVMCOREINFO)
    }

    @Test func notesThatLieAboutTheirSize() throws {
        for size in [1, 0x7fff_ffff, 0xffff_ffff, 0xffff_fffd] as [UInt32] {
            for field in [0, 4] {
                let vmcore = sample()
                var bytes = vmcore.bytes
                bytes.put(
                    size, at: Int(vmcore.offsets[0]) - vmcore.notes[0][1].contents.count / 4 * 4 - 24 - (field == 0 ? 4 : 0), .littleEndian)
                _ = try Reading(bytes)
            }
        }
        var vmcore = sample()
        vmcore.notes[0][1].contents += [UInt8](repeating: 0x0a, count: 256 << 10)
        guard case .tooLarge = try Reading(vmcore).error else {
            Issue.record("taken")
            return
        }
    }

    @Test func aKernelWithoutALog() throws {
        var vmcore = sample()
        vmcore.notes = [[SyntheticVmcore.vmcoreinfo(["OSRELEASE=1", "no equals sign", "SYMBOL(swapper_pg_dir)=ffff"])]]
        #expect(try Reading(vmcore).error == .noLog)
    }

    @Test(arguments: [1, 7, 64, 100, 511])
    func aLogInManySegments(_ length: Int) throws {
        var vmcore = sample()
        let whole = vmcore.loads[0]
        vmcore.loads = stride(from: 0, to: whole.bytes.count, by: length).map { start in
            .init(address: whole.address + UInt64(start), bytes: Array(whole.bytes[start..<min(start + length, whole.bytes.count)]))
        }.reversed()
        try works(vmcore)
        // Without one of those that are read there is an error.
        let removed = vmcore.loads.removeLast()
        #expect(try Reading(vmcore).error == .unmapped(what: "prb", address: removed.address))
    }

    @Test func segmentsThatOverlap() throws {
        var vmcore = sample()
        let address = vmcore.loads[0].address
        vmcore.loads.append(.init(address: address + 16, bytes: [UInt8](repeating: 0xee, count: 64)))
        vmcore.loads.insert(.init(address: address - 32, bytes: Array(vmcore.loads[0].bytes.prefix(8)), memorySize: 32), at: 0)
        vmcore.loads.append(.init(address: 0xffff_ffff_ffff_f000, bytes: [1], memorySize: .max))
        try works(vmcore)
    }

    @Test func whatTheFileLeavesOutOfASegmentIsZeros() throws {
        var vmcore = sample()
        let size = vmcore.loads[0].bytes.count
        while vmcore.loads[0].bytes.last == 0 { vmcore.loads[0].bytes.removeLast() }
        vmcore.loads[0].memorySize = UInt64(size)
        #expect(vmcore.loads[0].bytes.count < size)
        try works(vmcore)
    }

    @Test(arguments: [(1 << 31) - 100, 1 << 32, 5 << 30] as [UInt64])
    func aSparseFileBeyondTwoGibibytes(_ offset: UInt64) throws {
        var vmcore = sample()
        vmcore.loads[0].offset = offset
        let folder = try TemporaryFolder()
        let path = try folder.write(vmcore.head, to: "vmcore")
        let file = try FileDescriptor.open(path, .writeOnly)
        _ = try file.closeAfter { try file.writeAll(toAbsoluteOffset: Int64(offset), vmcore.loads[0].bytes) }
        let reading = Reading(path)
        #expect(reading.error == nil)
        #expect(reading.text == Self.expected)
    }

    @Test func theErrorOfTheSinkIsHandedOn() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(sample().bytes, to: "vmcore")
        let failure = VmcoreError.system(doing: "write", .brokenPipe)
        #expect(throws: failure) { try Vmcore(path: path).writeLog { (_) throws(VmcoreError) in throw failure } }
    }
}
