import ByteStorage
import KernelImage
import PhysicalMemory
import TestSupport
import Testing

/// Where the headers of multiboot images are found, and what in them is refused.
struct MultibootHeaderTests {
    private func refusal(_ image: SyntheticMultiboot) -> String {
        do {
            _ = try MultibootImage(Bytes(image.bytes), version: image.version == 1 ? .one : .two)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func wishes(_ image: SyntheticMultiboot) throws -> [String] {
        try MultibootImage(Bytes(image.bytes), version: image.version == 1 ? .one : .two).unmetRequests
    }

    // MARK: - The search

    /// The header wholly in the first 8 KiB at a multiple of 4; in the first 32 KiB at one of 8.
    @Test(arguments: [
        (1, 0x200, true), (1, 0x204, true), (1, 0x202, false), (1, 8192 - 12, true), (1, 8192 - 8, false), (1, 8192, false),
        (2, 0x200, true), (2, 0x208, true), (2, 0x204, false), (2, 32768 - 24, true), (2, 32768 - 16, true), (2, 32768 - 8, false),
    ])
    func place(_ version: Int, _ offset: Int, _ isFound: Bool) {
        var image = SyntheticMultiboot(version: version)
        image.headerAt = offset
        #expect(MultibootImage.version(of: Bytes(image.bytes)) == (isFound ? (version == 1 ? .one : .two) : nil))
    }

    @Test(arguments: [1, 2])
    func theChecksumDecides(_ version: Int) {
        var image = SyntheticMultiboot(version: version)
        image.checksumError = 1
        #expect(MultibootImage.version(of: Bytes(image.bytes)) == nil)
        #expect(refusal(image).contains("with a matching checksum in its first \(version == 1 ? 8192 : 32768) bytes"))
        // What merely looks like a header does not hide the one behind it.
        var bytes = image.bytes
        image.checksumError = 0
        bytes.replaceSubrange(0x100..<0x100 + image.header.count, with: bytes[0x200..<0x200 + image.header.count])
        bytes.replaceSubrange(0x200..<0x200 + image.header.count, with: image.header)
        #expect(throws: Never.self) { try MultibootImage(Bytes(bytes), version: version == 1 ? .one : .two) }
    }

    @Test func theNewerHeaderComesFirst() {
        var image = SyntheticMultiboot(version: 2)
        image.headerAt = 0x400
        var bytes = image.bytes
        let older = SyntheticMultiboot(version: 1).header
        bytes.replaceSubrange(0x200..<0x200 + older.count, with: older)
        #expect(MultibootImage.version(of: Bytes(bytes)) == .two)
    }

    /// No prefix is taken for the whole, and none is a trap.
    @Test(arguments: [(1, SyntheticMultiboot.Container.elf32), (1, .elf64), (2, .elf32), (2, .elf64), (1, .flat), (2, .flat)])
    func truncatedAtEveryLength(_ version: Int, _ container: SyntheticMultiboot.Container) throws {
        var image = SyntheticMultiboot(version: version)
        image.container = container
        image.pieces = [.init(0x10_0000, [UInt8](repeating: 9, count: 200))]
        if container == .flat {
            image.flags |= 1 << 16
            image.addresses = [0x10_0000, 0x10_0000, 0x10_0000 + 208, 0, 0x10_0000]
            image.tags = [SyntheticMultiboot.tag(2, [0x10_0000, 0x10_0000, 0x10_0000 + 256, 0]), SyntheticMultiboot.tag(3, [0x10_0000])]
        }
        let whole = image.bytes
        _ = try MultibootImage(Bytes(whole), version: version == 1 ? .one : .two)
        // Behind load_end_addr a file may end anywhere.
        let needed = container == .flat ? image.headerAt + (version == 1 ? 208 : 256) : whole.count
        for length in 0..<needed {
            #expect(throws: MultibootError.self, "\(length) bytes") {
                try MultibootImage(Bytes(Array(whole[..<length])), version: version == 1 ? .one : .two)
            }
        }
    }

    // MARK: - Demands

    @Test func flagsOfMultiboot() throws {
        var image = SyntheticMultiboot(version: 1)
        image.flags = 0xfffe_0000
        #expect(try wishes(image).isEmpty)  // optional, and unknown: ignored
        image.flags = 1 << 2
        #expect(try wishes(image) == ["a video mode"])
        for bit in 3..<16 {
            image.flags = 1 << UInt32(bit)
            #expect(refusal(image).contains("flags 0x\(String(1 << bit, radix: 16)) demand"))
        }
    }

    @Test func tagsOfMultiboot2() throws {
        let refused: [(UInt16, [UInt32], String)] = [
            (1, [6, 12], "information of type 12 (EFI 64-bit system table)"), (1, [99], "information of type 99 (unknown)"),
            (4, [1], "a console"), (5, [0, 0, 0], "a framebuffer"), (7, [], "EFI boot services"),
            (77, [1], "something that the specification does not know (header tag 77)"),
        ]
        for (type, words, what) in refused {
            var image = SyntheticMultiboot(version: 2)
            image.tags = [SyntheticMultiboot.tag(type, words)]
            #expect(refusal(image).contains("it demands \(what)"), "\(refusal(image))")
            #expect(refusal(image).contains("(at byte 0x210)"))
            image.tags = [SyntheticMultiboot.tag(type, optional: true, words)]
            #expect(try wishes(image).count == 1)
            #expect(try wishes(image).first?.hasPrefix(what) == true)
        }
        var image = SyntheticMultiboot(version: 2)
        image.tags = [
            SyntheticMultiboot.tag(1, [1, 2, 3, 4, 6, 14, 15, 21]), SyntheticMultiboot.tag(4, [2]), SyntheticMultiboot.tag(6, []),
            SyntheticMultiboot.tag(8, [1]), SyntheticMultiboot.tag(9, [1]),
        ]
        #expect(try wishes(image).isEmpty)
    }

    @Test func malformedHeadersOfMultiboot2() {
        for (change, part) in [
            ({ $0.architecture = 4 }, "architecture 0x4 is not that of i386"),
            ({ $0.hasEndTag = false }, "no end tag within header_length"),
            ({ $0.tags = [SyntheticMultiboot.tag(2, [1])] }, "too small for a tag of type 2"),
            ({ $0.tags = [SyntheticMultiboot.tag(3, [])] }, "too small for a tag of type 3"),
            ({ $0.tags = [SyntheticMultiboot.tag(6, [], size: 7)] }, "size 0x7 of the tag of type 6"),
            ({ $0.tags = [SyntheticMultiboot.tag(6, [], size: 0xffff_ffff)] }, "size 0xffffffff of the tag of type 6"),
        ] as [((inout SyntheticMultiboot) -> Void, String)] {
            var image = SyntheticMultiboot(version: 2)
            change(&image)
            #expect(refusal(image).contains(part), "\(refusal(image))")
        }
    }

    @Test func foreignAndMalformedELF() {
        for (change, part) in [
            ({ $0.machine = 40 }, "e_machine 0x28"),
            ({ $0.container = .flat }, "not an ELF file"),
            ({ $0.pieces = [] }, "nothing to load"),
            ({ $0.pieces = [.init(0x10_0000, [1, 2], memorySize: 1)] }, "more bytes in the file, 2, than in memory, 1"),
            ({ $0.pieces = [.init(0xffff_f000, [1], memorySize: 0x1001)] }, "not below 4 GiB"),
            ({ $0.pieces += [.init(0x10_1000, [1])] }, "overlap"),
            ({ $0.entry = 0x20_0000 }, "its entry 0x200000 lies outside"),
        ] as [((inout SyntheticMultiboot) -> Void, String)] {
            var image = SyntheticMultiboot(version: 1)
            change(&image)
            #expect(refusal(image).contains(part), "\(refusal(image))")
        }
    }
}
