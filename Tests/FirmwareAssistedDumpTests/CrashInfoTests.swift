import BinaryLayout
import FirmwareAssistedDump
import PhysicalMemory
import TestSupport
import Testing

@Suite struct CrashInfoTests {
    private func read(_ bytes: [UInt8]) throws -> CrashInfoHeader { try CrashInfoHeader(bytes.span) }

    private func current(_ bytes: [UInt8]) throws -> CrashInfo {
        guard case .current(let header) = try read(bytes) else { throw Unexpected() }
        return header
    }

    private func older(_ bytes: [UInt8]) throws -> OlderCrashInfo {
        guard case .older(let header) = try read(bytes) else { throw Unexpected() }
        return header
    }

    private struct Unexpected: Error {}

    // MARK: - What kernels wrote

    @Test func theRegisteredGuest() throws {
        let bytes = try FadumpFixture.plain.bytes("header-registered.bin")
        let header = try current(bytes)
        #expect(header.byteOrder == .littleEndian)
        #expect(header.version == 1)
        #expect(header.crashingCPU == nil)
        #expect(header.vmcoreinfoAddress == PhysicalAddress(0x220c_7000))
        #expect(header.vmcoreinfoSize == ByteCount(0x1024 as UInt64))
        #expect(header.registersSize == 384)
        #expect(header.cpuMaskSize == 8)
        #expect(header.size == bytes.count)
        #expect(header.registers?.allSatisfy { $0 == 0 } == true)
        #expect(header.possibleCPUs == [0, 1])
        #expect(header.bytes == bytes)
        try header.requireWhole()
    }

    /// CPU 1 crashed; gpr[0] and gpr[1] of its registers.
    @Test func theCrashedGuest() throws {
        let bytes = try FadumpFixture.plain.bytes("header-crashed.bin")
        let header = try current(bytes)
        #expect(header.crashingCPU == 1)
        let registers = try #require(header.registers)
        #expect(registers.prefix(8) == [0xa4, 0xa1, 0x03, 0, 0, 0, 0, 0xc0])
        #expect(registers.dropFirst(8).prefix(8) == [0xe0, 0x79, 0x7d, 0x02, 0, 0, 0, 0xc0])
        #expect(header.bytes == bytes)
    }

    /// Read with the memory behind it.
    @Test func onlyTheHeaderIsTaken() throws {
        let bytes = try FadumpFixture.plain.bytes("header-crashed.bin")
        let header = try current(bytes + [UInt8](repeating: 0xa5, count: 8192 - bytes.count))
        #expect(header.bytes == bytes)
    }

    @Test(arguments: [false, true]) func olderKernels(_ bigEndian: Bool) throws {
        let bytes = SyntheticHeader.older(cpu: 3, bigEndian: bigEndian)
        let header = try older(bytes)
        #expect(header.byteOrder == (bigEndian ? .bigEndian : .littleEndian))
        #expect(header.elfcorehdrAddress == PhysicalAddress(0x4000_11a0))
        #expect(header.crashingCPU == 3)
        #expect(header.bytes == bytes)
        #expect(try older(SyntheticHeader.older(bigEndian: bigEndian)).crashingCPU == nil)
    }

    @Test func bigEndian() throws {
        let mask: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 5] + [0x80, 0, 0, 0, 0, 0, 0, 0]
        let bytes = SyntheticHeader.current(version: 2, cpu: 0x0102, mask: mask, bigEndian: true)
        let header = try current(bytes)
        #expect(header.byteOrder == .bigEndian)
        #expect(header.version == 2)
        #expect(header.crashingCPU == 0x0102)
        #expect(header.vmcoreinfoAddress == PhysicalAddress(0x220c_7000))
        #expect(header.possibleCPUs == [0, 2, 8, 127])
        #expect(header.bytes == bytes)
    }

    @Test func littleEndianMask() throws {
        let mask: [UInt8] = [5, 1, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0x80]
        #expect(try current(SyntheticHeader.current(mask: mask)).possibleCPUs == [0, 2, 8, 127])
    }

    // MARK: - What no kernel wrote

    /// As it was registered (registers zero) and as a crash would fill it, for several NR_CPUS.
    @Test(arguments: [8, 16, 256, 1024], [false, true])
    func layoutsThatNeverShipped(_ maskSize: Int, _ bigEndian: Bool) throws {
        var generator = SeededGenerator(seed: UInt64(maskSize))
        let mask = [UInt8](repeating: 0xff, count: maskSize)
        for registers in [[UInt8](repeating: 0, count: 384), generator.bytes(384), generator.bytes(376)] {
            let appended = SyntheticHeader.versionAfterCPUMask(registers: registers, mask: mask, bigEndian: bigEndian)
            #expect(throws: CrashInfoError.neverShipped(.versionAfterCPUMask)) { try read(appended) }
            let inside = SyntheticHeader.elfcorehdrAddressInside(registers: registers, mask: mask, bigEndian: bigEndian)
            #expect(throws: CrashInfoError.neverShipped(.elfcorehdrAddressInside)) { try read(inside) }
            // Above 4 GiB, where the address' upper half stands in the place of cpu_mask_sz.
            let high = SyntheticHeader.elfcorehdrAddressInside(
                note: 0x8_0000_1000, registers: registers, mask: mask, bigEndian: bigEndian)
            #expect(throws: CrashInfoError.neverShipped(.elfcorehdrAddressInside)) { try read(high) }
        }
    }

    /// Whatever the registers hold, today's layout is never taken for one of the others.
    @Test(arguments: [false, true]) func todaysLayoutIsTodays(_ bigEndian: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let bytes = SyntheticHeader.current(
                version: UInt64.random(in: 0...3, using: &generator), cpu: UInt64.random(in: 0...3, using: &generator),
                address: generator.next() & ~0xfff, registers: generator.bytes(384), mask: generator.bytes(8), bigEndian: bigEndian)
            #expect(try current(bytes).bytes == bytes)
        }
    }

    /// Cut before the fields that only that layout has, the first proposal is not guessed at.
    @Test func halfAProposalIsNoProposal() throws {
        let whole = SyntheticHeader.versionAfterCPUMask(registers: [UInt8](repeating: 0, count: 384), mask: [3, 0, 0, 0, 0, 0, 0, 0])
        for length in 40..<whole.count {
            let header = try current(Array(whole.prefix(length)))
            #expect(throws: CrashInfoError.self) { try header.requireWhole() }
        }
    }

    @Test(arguments: [[], Array("FADMPSI".utf8)]) func tooShortForAMagicNumber(_ bytes: [UInt8]) {
        #expect(throws: CrashInfoError.truncated(TruncatedBytes(what: "magic_number", offset: 0, needed: 8, available: bytes.count))) {
            try read(bytes)
        }
    }

    @Test func noMagic() {
        #expect(throws: CrashInfoError.noMagic(0x8877_6655_4433_2211)) {
            try read([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88] + [UInt8](repeating: 0, count: 424))
        }
    }

    @Test func everyTruncation() throws {
        for bytes in [try FadumpFixture.plain.bytes("header-crashed.bin"), SyntheticHeader.current(bigEndian: true)] {
            for length in bytes.indices {
                #expect(throws: CrashInfoError.self, "\(length) bytes") { try current(Array(bytes.prefix(length))).requireWhole() }
            }
        }
        let bytes = SyntheticHeader.older()
        for length in 0..<20 { #expect(throws: CrashInfoError.self) { try read(Array(bytes.prefix(length))) } }
    }

    @Test(arguments: [(0, 8), (385, 8), (4096, 8), (384, 0), (384, 12), (384, 1032), (0xffff_ffff, 0xffff_ffff)])
    func garbledSizes(_ registers: UInt64, _ mask: UInt64) throws {
        var bytes = SyntheticHeader.current()
        bytes.putLittleEndian(registers, at: 32, width: 4)
        bytes.putLittleEndian(mask, at: 36, width: 4)
        let header = try current(bytes)
        #expect(throws: CrashInfoError.self) { try header.requireWhole() }
        _ = (header.possibleCPUs, header.registers, header.bytes)
    }

    @Test func noise() throws {
        var generator = SeededGenerator(seed: 17)
        let magics = ["FADMPSIG", "FADMPINF"].flatMap { [Array($0.utf8), Array($0.utf8.reversed())] }
        for _ in 0..<3000 {
            var bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
            if let magic = magics.randomElement(using: &generator), bytes.count >= 8 { bytes.replaceSubrange(0..<8, with: magic) }
            guard let header = try? read(bytes) else { continue }
            switch header {
            case .current(let header): _ = (header.possibleCPUs, header.registers, header.size, try? header.requireWhole())
            case .older(let header): #expect(header.bytes.count >= OlderCrashInfo.fixedSize)
            }
        }
    }
}
