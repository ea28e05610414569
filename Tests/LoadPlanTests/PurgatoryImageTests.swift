import ELF
import PhysicalMemory
import Purgatory
import Testing

/// The images that the build embeds, and how they are told what to do.
struct PurgatoryImageTests {
    private static let images: [PurgatoryImage] = [.x86_64, .ppc64le, .aarch64]

    @Test func thereIsOneForEachMachine() {
        #expect(Self.images.map(\.machine) == Machine.all)
        for image in Self.images {
            #expect(image.entry.rawValue < UInt64(image.bytes.count))
            #expect(image.memorySize.rawValue >= UInt64(image.bytes.count) && image.memorySize.isAligned(to: .page))
        }
    }

    @Test func aValueIsWrittenAtItsPlaceAlone() {
        var image = PurgatoryImage.ppc64le
        let before = image.bytes
        image.set(PurgatoryPPC64LE.kernel, to: 0x1122_3344_5566_7788)
        let place = PurgatoryPPC64LE.kernel.offset..<PurgatoryPPC64LE.kernel.offset + 8
        #expect(Array(image.bytes[place]) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
        var restored = image.bytes
        restored.replaceSubrange(place, with: before[place])
        #expect(restored == before)
        #expect(before[place].allSatisfy { $0 == 0 })

        // Bytes 4 to 0xff of the image, where the new kernel has others.
        image.set(PurgatoryPPC64LE.kernelHead, to: InlineArray { UInt8($0) })
        #expect(Array(image.bytes[4..<256]) == Array(0..<252))
    }

    @Test func moreRegionsThanItHasRoomFor() throws {
        let region = PurgatoryImage.Region(start: PhysicalAddress(0x1000), loadedSize: .page)
        let shape = PurgatoryImage.Shape(
            kind: .elfcorehdr, range: try #require(PhysicalRange(start: PhysicalAddress(0x1000), size: .page)))
        let digest = InlineArray<32, UInt8>(repeating: 1)
        var image = PurgatoryImage.x86_64
        try image.setChecks(
            digest: digest, regions: Array(repeating: region, count: 16), shapes: Array(repeating: shape, count: 16), onMismatch: .halt)
        #expect(throws: PurgatoryError.tooManyRegions(17)) {
            try image.setChecks(digest: digest, regions: Array(repeating: region, count: 17), shapes: [], onMismatch: .halt)
        }
        #expect(throws: PurgatoryError.tooManyRegions(17)) {
            try image.setChecks(digest: digest, regions: [], shapes: Array(repeating: shape, count: 17), onMismatch: .halt)
        }
    }
}
