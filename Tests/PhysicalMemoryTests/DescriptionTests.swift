import Foundation
import PhysicalMemory
import TestSupport
import Testing

/// What users read.
@Suite struct DescriptionTests {
    /// Against printf's %#lx, which differs only at zero.
    @Test func hexadecimal() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let value = generator.hostileNumber()
            let printf = String(format: "0x%lx", value)
            #expect(value.hex == printf)
            #expect(PhysicalAddress(value).description == printf)
        }
    }

    @Test func rangesIncludeTheirLastByteAsIomemDoes() {
        let range = PhysicalRange(start: PhysicalAddress(0x1000), end: PhysicalAddress(0x9fc00))
        #expect(range?.description == "0x1000-0x9fbff")
    }

    @Test(arguments: [
        (0, "0 bytes"), (1, "1 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1025, "1025 bytes"),
        (16 << 10, "16 KiB"), (1 << 20, "1 MiB"), ((1 << 20) + 1024, "1025 KiB"), (3 << 30, "3072 MiB"),
    ])
    func sizesAreExact(bytes: Int, text: String) {
        #expect(ByteCount(bytes).description == text)
    }
}
