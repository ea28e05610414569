import ByteStorage
import ELF
import KernelImage
import TestSupport
import Testing

/// Kernels that are ELF files: what they put where, and files that lie about it.
struct ELFKernelTests {
    private func read(_ image: SyntheticELFKernel) throws -> ELFKernel { try ELFKernel(Bytes(image.bytes), for: .x86) }

    private func array(_ bytes: Bytes) -> [UInt8] { bytes.withSpan { span in (0..<span.count).map { span[$0] } } }

    @Test(arguments: [true, false])
    func small(_ is64Bit: Bool) throws {
        let image = SyntheticELFKernel.small(is64Bit: is64Bit)
        let kernel = try read(image)
        #expect(kernel.elfClass == (is64Bit ? .elf64 : .elf32))
        #expect(!kernel.isRelocatable)
        #expect(kernel.start.rawValue == 0x100_0000)
        #expect(kernel.memorySize.rawValue == 0x21_0000)
        #expect(kernel.entry.rawValue == 0x10)
        #expect(kernel.pieces.map(\.offset.rawValue) == [0, 0x20_0000])
        #expect(kernel.pieces.map(\.memorySize.rawValue) == [0x1000, 0x1_0000])
        #expect(kernel.pieces.map { array($0.contents) } == image.loads.map(\.contents))
    }

    @Test(arguments: [true, false])
    func truncatedAtEveryLength(_ is64Bit: Bool) {
        let bytes = SyntheticELFKernel.small(is64Bit: is64Bit).bytes
        for length in 0..<bytes.count {
            #expect(throws: KernelImageError.self, "\(length)") { try ELFKernel(Bytes(Array(bytes[..<length])), for: .x86) }
        }
    }

    @Test func theEntryMayBeVirtual() throws {
        var image = SyntheticELFKernel.small()
        image.entry = 0xffff_ffff_8120_0020
        #expect(try read(image).entry.rawValue == 0x20_0020)
    }

    @Test func positionIndependent() throws {
        var image = SyntheticELFKernel.small()
        image.type = 3
        image.loads[1].alignment = 0x20_0000
        let kernel = try read(image)
        #expect(kernel.isRelocatable)
        #expect(kernel.alignment.rawValue == 0x20_0000)
    }

    /// No two segments of kexec_load may share a page.
    @Test func loadsThatShareAPageBecomeOne() throws {
        let image = SyntheticELFKernel([
            .init(at: 0x10_0100, [UInt8](repeating: 1, count: 0x200)),
            .init(at: 0x10_0800, [UInt8](repeating: 2, count: 0x1000), memorySize: 0x1800),
            .init(at: 0x10_3000, [UInt8](repeating: 3, count: 0x10)),
        ])
        let kernel = try read(image)
        #expect(kernel.start.rawValue == 0x10_0000)
        #expect(kernel.pieces.map(\.offset.rawValue) == [0, 0x3000])
        #expect(kernel.pieces.map(\.memorySize.rawValue) == [0x2000, 0x1000])
        var expected = [UInt8](repeating: 0, count: 0x1800)
        expected.replaceSubrange(0x100..<0x300, with: repeatElement(1, count: 0x200))
        expected.replaceSubrange(0x800..<0x1800, with: repeatElement(2, count: 0x1000))
        #expect(array(kernel.pieces[0].contents) == expected)
        #expect(kernel.entry.rawValue == 0x110)
    }

    @Test func lyingNumbers() {
        let cases: [(String, String, (inout SyntheticELFKernel) -> Void)] = [
            ("core file", "e_type", { $0.type = 4 }),
            ("arm64", "e_machine", { $0.machine = 183 }),
            ("big-endian", "EI_DATA", { $0.bigEndian = true }),
            ("entry outside", "e_entry", { $0.entry = 0x100_1000 }),
            ("entry in zeroed memory", "e_entry", { $0.entry = 0x120_0000 + 3000 }),
            ("entry at the end of memory", "e_entry", { $0.entry = .max }),
            ("no PT_LOAD", "PT_LOAD", { for i in $0.loads.indices { $0.loads[i].type = 4 } }),
            ("no program header", "PT_LOAD", { $0.phnum = 0 }),
            ("PN_XNUM", "e_phnum", { $0.phnum = 0xffff }),
            ("more headers than bytes", "program headers", { $0.phnum = 0xfffe }),
            ("wrong size of a header", "e_phentsize", { $0.phentsize = 33 }),
            ("more in the file than in memory", "p_filesz", { $0.loads[0].memorySize = 4095 }),
            ("offset wraps", "PT_LOAD", { $0.loads[0].offset = .max - 100 }),
            ("beyond the file", "PT_LOAD", { $0.loads[1].fileSize = 3001 }),
            ("size wraps", "p_", { $0.loads[0].memorySize = .max }),
            ("address wraps", "p_paddr", { $0.loads[1].physical = .max - 0x100 }),
            ("beyond any memory", "p_paddr", { $0.loads[1].physical = 1 << 52 }),
            ("overlap", "overlaps", { $0.loads[1].physical = 0x100_0fff }),
            ("same place", "overlaps", { $0.loads[1].physical = 0x100_0000 }),
            ("too many", "PT_LOADs", { $0.loads += (0..<64).map { .init(at: 0x200_0000 + UInt64($0) * 0x1000, [1]) } }),
        ]
        for (name, expected, change) in cases {
            var image = SyntheticELFKernel.small()
            change(&image)
            do {
                _ = try read(image)
                Issue.record("\(name): no error")
            } catch {
                #expect("\(error)".contains(expected), "\(name): \(error)")
            }
        }
    }

    @Test func thirtyTwoBitsEndBelowFourGibibytes() throws {
        var image = SyntheticELFKernel.small(is64Bit: false)
        image.loads[1].physical = 0xffff_0000
        #expect(throws: Never.self) { try read(image) }
        image.loads[1].physical = 0xffff_1000
        #expect(throws: KernelImageError.self) { try read(image) }
    }

    /// Any byte of the headers may be anything: an error or a kernel, never a trap.
    @Test(arguments: [true, false])
    func flippedBytes(_ is64Bit: Bool) {
        let image = SyntheticELFKernel.small(is64Bit: is64Bit)
        let good = image.bytes
        for position in 0..<image.contentsStart {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var bytes = good
                bytes[position] = value
                guard let kernel = try? ELFKernel(Bytes(bytes), for: .x86) else { continue }
                #expect(kernel.entry < kernel.memorySize)
                for piece in kernel.pieces { #expect(piece.contents.count <= Int(piece.memorySize.rawValue)) }
            }
        }
    }
}
