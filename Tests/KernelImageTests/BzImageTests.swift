import BinaryLayout
import ByteStorage
import KernelImage
import PhysicalMemory
import TestSupport
import Testing

@Suite struct BzImageTests {
    private func image(_ bytes: [UInt8]) throws -> BzImage { try BzImage(Bytes(bytes)) }

    @Test func everyField() throws {
        var file = SyntheticBzImage.small()
        file.setupSects = 7
        file.version = 0x020d
        file.initrdAddrMax = 0x37ff_ffff
        file.kernelAlignment = 0x100_0000
        file.xloadflags = 0x13
        file.cmdlineSize = 255
        file.initSize = 0x12_3456
        let kernel = try image(file.bytes)
        #expect(kernel.version == 0x020d)
        #expect(kernel.highestInitrdAddress == PhysicalAddress(0x37ff_ffff))
        #expect(kernel.alignment.rawValue == 0x100_0000)
        #expect(kernel.loadFlags == [.kernel64, .canBeLoadedAbove4G, .efiKexec])
        #expect(kernel.commandLineLimit == 255)
        #expect(kernel.memorySize.rawValue == 0x12_4000)
        #expect(firstDifference(array(kernel.protectedMode), file.protectedMode) == nil)
        #expect(kernel.setupHeader == Array(file.bytes[0x1f1..<0x202 + 0x6a]))
        #expect(BzImage.entryOffset.rawValue == 0x200)
    }

    /// boot.rst: "If the setup_sects field contains 0, the real value is 4."
    @Test(arguments: [UInt8(0), 1, 4, 39, 255])
    func whereTheProtectedModePartBegins(_ sectors: UInt8) throws {
        var file = SyntheticBzImage.small()
        file.setupSects = sectors
        #expect(firstDifference(array(try image(file.bytes).protectedMode), file.protectedMode) == nil)
        #expect(file.bytes.count == ((sectors == 0 ? 4 : Int(sectors)) + 1) * 512 + 4096)
    }

    @Test func memoryHoldsAtLeastTheFile() throws {
        var file = SyntheticBzImage.small()
        file.initSize = 1
        #expect(try image(file.bytes).memorySize.rawValue == 4096)
        file.protectedMode += [0]
        file.initSize = 4096
        #expect(try image(file.bytes).memorySize.rawValue == 8192)
        file.initSize = .max
        #expect(try image(file.bytes).memorySize.rawValue == 1 << 32)
    }

    /// The kernel that the captures were made with: what kexec-tools gave it.
    @Test(arguments: Fixture.allCases) func asTheCapturedKernel(_ fixture: Fixture) throws {
        let peer = try #require(try fixture.peer("p_plain").segment("kernel"))
        let kernel = try image(SyntheticBzImage.captured.bytes)
        #expect(UInt64(kernel.protectedMode.count) == peer.loadedSize)
        #expect(kernel.memorySize.rawValue == peer.memorySize)
    }

    @Test func aSignatureBehindIsNotInTheWay() throws {
        let file = SyntheticBzImage.small()
        #expect(throws: Never.self) { try image(file.bytes + [UInt8](repeating: 1, count: 1500)) }
    }

    @Test func truncatedAtEveryByte() throws {
        let whole = SyntheticBzImage.small().bytes
        for length in 0..<whole.count {
            let error = #expect(throws: KernelImageError.self, "\(length) bytes") { try image(Array(whole[..<length])) }
            switch error {
            // Before the magic at 0x202 has ended it is an EFI program as far as one can tell.
            case .foreign(let format)?: #expect(length < 0x206 && format == (length < 2 ? .unknown : .portableExecutable))
            case .truncated?: #expect(length >= 0x206)
            default: Issue.record("\(length) bytes: \(error.map { "\($0)" } ?? "no error")")
            }
        }
        #expect(throws: Never.self) { try image(whole) }
    }

    @Test func eachBadFieldIsNamed() throws {
        func expect(_ name: String, _ value: UInt64, at offset: Int, _ change: (inout SyntheticBzImage) -> Void) {
            var file = SyntheticBzImage.small()
            change(&file)
            let error = #expect(throws: KernelImageError.self, "\(name)") { try image(file.bytes) }
            guard case .field(let foundName, let foundValue, let foundOffset, _)? = error else {
                Issue.record("\(name) \(value): \(error.map { "\($0)" } ?? "no error")")
                return
            }
            #expect(foundName == name && foundValue == value && foundOffset == offset)
        }
        for version: UInt16 in [0, 0x0200, 0x020a, 0x020b] { expect("version", UInt64(version), at: 0x206) { $0.version = version } }
        for flags: UInt16 in [0, 0xfffe] { expect("xloadflags", UInt64(flags), at: 0x236) { $0.xloadflags = flags } }
        expect("relocatable_kernel", 0, at: 0x234) { $0.relocatable = 0 }
        for alignment: UInt32 in [0, 1, 2048, 4095, 4097, 0x30_0000, .max] {
            expect("kernel_alignment", UInt64(alignment), at: 0x230) { $0.kernelAlignment = alignment }
        }
        // The header ends behind init_size and before what boot_params has next.
        for jump: UInt8 in [0, 0x61, 0x8f, 0xff] { expect("jump", UInt64(jump), at: 0x201) { $0.jump = jump } }
        for jump: UInt8 in [0x62, 0x8e] {
            var file = SyntheticBzImage.small()
            file.jump = jump
            #expect(throws: Never.self) { try image(file.bytes) }
        }
        for alignment: UInt32 in [4096, 1 << 31] {
            var file = SyntheticBzImage.small()
            file.kernelAlignment = alignment
            #expect(throws: Never.self) { try image(file.bytes) }
        }
    }

    @Test(arguments: [UInt32(257), 0x1000_0000, 0x7fff_ffff, .max])
    func moreCodeThanTheFileHas(_ paragraphs: UInt32) {
        var file = SyntheticBzImage.small()
        file.syssize = paragraphs
        #expect(
            throws: KernelImageError.truncated(
                TruncatedBytes(
                    what: "the protected-mode kernel (syssize)", offset: 1024, needed: Int(paragraphs) * 16, available: 5120))
        ) {
            try image(file.bytes)
        }
    }

    @Test func randomHeadersNeverTrap() throws {
        var generator = SeededGenerator(seed: 1)
        let whole = SyntheticBzImage.small().bytes
        var accepted = 0
        for _ in 0..<5000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let width = [1, 2, 4, 8][Int.random(in: 0..<4, using: &generator)]
                bytes.putLittleEndian(
                    generator.hostileNumber() & (UInt64.max >> UInt64(64 - 8 * width)),
                    at: Int.random(in: 0x1f1...0x264 - width, using: &generator), width: width)
            }
            guard let kernel = try? image(bytes) else { continue }
            accepted += 1
            #expect(kernel.memorySize.rawValue % 4096 == 0 && kernel.memorySize.rawValue >= UInt64(kernel.protectedMode.count))
            #expect(kernel.alignment.rawValue >= 4096 && kernel.alignment.rawValue.nonzeroBitCount == 1)
            #expect(kernel.version >= 0x20c && kernel.loadFlags.contains(.kernel64))
            #expect((0x264 - 0x1f1...0x290 - 0x1f1).contains(kernel.setupHeader.count))
        }
        #expect(accepted > 500)
    }
}

func array(_ bytes: Bytes) -> [UInt8] { unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
