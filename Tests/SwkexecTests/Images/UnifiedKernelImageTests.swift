import ByteStorage
import KernelImage
import TestSupport
import Testing

/// Unified kernel images: their sections, and files that lie about them.
struct UnifiedKernelImageTests {
    private func read(_ image: SyntheticPE) throws -> UnifiedKernelImage { try UnifiedKernelImage(Bytes(image.bytes)) }

    private func array(_ bytes: Bytes?) -> [UInt8]? { bytes?.withSpan { span in (0..<span.count).map { span[$0] } } }

    @Test func sections() throws {
        let image = try read(.unified())
        #expect(array(image.linux) == SyntheticBzImage.small().bytes)
        #expect(array(image.initrd) == Array("070701 the image's own".utf8))
        #expect(image.commandLine == Array("quiet root=/dev/vda1".utf8))
        #expect(image.name == "Debian GNU/Linux 13")
        #expect(image.ignoredSections.isEmpty)
    }

    @Test func onlyTheKernelIsNeeded() throws {
        let image = try read(SyntheticPE([.init(".text", [1, 2, 3]), .init(".linux", [4])]))
        #expect(array(image.linux) == [4])
        #expect(image.initrd == nil && image.commandLine == nil && image.name == nil)
        #expect(throws: KernelImageError.noSection(".linux")) { try read(SyntheticPE([.init(".text", [1])])) }
        #expect(throws: KernelImageError.noSection(".linux")) { try read(SyntheticPE([.init(".linux", [])])) }
        #expect(throws: KernelImageError.noSection(".linux")) { try read(SyntheticPE([])) }
    }

    /// The padding up to the section's size in the file does not belong to it.
    @Test func sizeInMemoryCuts() throws {
        var pe = SyntheticPE([.init(".linux", [1, 2, 3, 4])])
        pe.sections[0].virtualSize = 2
        #expect(array(try read(pe).linux) == [1, 2])
        pe.sections[0].virtualSize = 0
        #expect(try read(pe).linux.count == 512)
        pe.sections[0].virtualSize = 0xffff_ffff
        #expect(try read(pe).linux.count == 512)
    }

    @Test func theFirstOfANameCounts() throws {
        let pe = SyntheticPE([.init(".linux", [1]), .init(".profile", [9]), .init(".linux", [2])])
        #expect(array(try read(pe).linux) == [1])
    }

    @Test func sectionsOfTheStubAreNamed() throws {
        let pe = SyntheticPE([.init(".linux", [1]), .init(".ucode", [2]), .init(".dtb", [3])])
        #expect(try read(pe).ignoredSections == [".dtb", ".ucode"])
    }

    @Test func texts() throws {
        func commandLine(_ text: String) throws -> [UInt8]? { try read(.unified(commandLine: text)).commandLine }
        #expect(try commandLine("a b \r\n\n") == Array("a b".utf8))
        #expect(try commandLine("a\0b") == Array("a".utf8))
        #expect(try commandLine("\n") == [])
    }

    @Test func truncatedAtEveryLength() {
        let bytes = SyntheticPE.unified(linux: [UInt8](repeating: 7, count: 600)).bytes
        // The last section's padding may be missing.
        for length in 0..<bytes.count - 512 {
            #expect(throws: KernelImageError.self, "\(length)") { try UnifiedKernelImage(Bytes(Array(bytes[..<length]))) }
        }
    }

    @Test func lyingNumbers() {
        let cases: [(String, String, (inout SyntheticPE) -> Void)] = [
            (
                "header beyond the file", "needs",
                {
                    $0.sections = []
                    $0.optionalHeaderSize = 0xffff
                    $0.sectionCount = 1
                }
            ),
            ("no signature", "e_lfanew", { $0.signature = [0x4e, 0x45, 0, 0] }),
            ("too many sections", "NumberOfSections", { $0.sectionCount = 97 }),
            ("contents beyond the file", ".linux", { $0.sections[3].rawPointer = 0xffff_ffff }),
            (
                "contents longer than the file", ".linux",
                {
                    $0.sections[3].rawSize = 0xffff_ffff
                    $0.sections[3].virtualSize = 0xffff_ffff
                }
            ),
        ]
        for (name, expected, change) in cases {
            var image = SyntheticPE.unified()
            change(&image)
            do {
                _ = try UnifiedKernelImage(Bytes(name.hasPrefix("header") ? Array(image.bytes.prefix(512)) : image.bytes))
                Issue.record("\(name): no error")
            } catch {
                #expect("\(error)".contains(expected), "\(name): \(error)")
            }
        }
    }

    /// A section's name stands in the error; what it holds must not reach the terminal. From fuzzing.
    @Test func aNameWithControlCharacters() throws {
        var image = SyntheticPE([.init("a\n\u{1b}[2J", [1]), .init(".linux", [4])])
        image.sections[0].rawPointer = 0xffff_ffff
        let error = #expect(throws: KernelImageError.self) { try read(image) }
        let said = try #require(error).description
        #expect(said.contains(#"a\u{a}\u{1b}[2J"#) && said.utf8.allSatisfy { $0 >= 0x20 }, "\(said.debugDescription)")

        let named = SyntheticPE([.init(".osrel", Array("PRETTY_NAME=Linux\u{9b}2J".utf8)), .init(".linux", [4])])
        #expect(try read(named).name == #"Linux\u{9b}2J"#)
    }

    @Test func anAddressBeyondTheFile() {
        var bytes = SyntheticPE.unified().bytes
        for address: UInt64 in [0xffff_ffff, 0x7fff_ffff, UInt64(bytes.count), UInt64(bytes.count - 3)] {
            bytes.putLittleEndian(address, at: 0x3c, width: 4)
            #expect(throws: KernelImageError.self) { try UnifiedKernelImage(Bytes(bytes)) }
        }
    }

    @Test func flippedBytes() {
        let image = SyntheticPE.unified(linux: [UInt8](repeating: 7, count: 600))
        let good = image.bytes
        for position in 0..<image.contentsStart {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var bytes = good
                bytes[position] = value
                _ = try? UnifiedKernelImage(Bytes(bytes))
            }
        }
    }
}
