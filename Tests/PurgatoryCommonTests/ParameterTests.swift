import CPurgatoryCommon
import Testing

/// The layout that the loader writes into. The sizes of the objects themselves
/// are checked in every linked image, see purgatory-embed.
@Suite struct ParameterTests {
    @Test func regionLayout() {
        #expect(MemoryLayout<purgatory_region>.size == 16)
        #expect(MemoryLayout<purgatory_region>.stride == 16)
        #expect(MemoryLayout<purgatory_region>.offset(of: \.start) == 0)
        #expect(MemoryLayout<purgatory_region>.offset(of: \.length) == 8)
    }

    @Test func shapeLayout() {
        #expect(MemoryLayout<purgatory_shape>.size == 24)
        #expect(MemoryLayout<purgatory_shape>.stride == 24)
        #expect(MemoryLayout<purgatory_shape>.offset(of: \.start) == 0)
        #expect(MemoryLayout<purgatory_shape>.offset(of: \.memory_size) == 8)
        #expect(MemoryLayout<purgatory_shape>.offset(of: \.kind) == 16)
        #expect(MemoryLayout<purgatory_shape>.offset(of: \.machine) == 20)
    }

    @Test func values() {
        #expect(PURGATORY_SEGMENT_LIMIT == 16)
        #expect(PURGATORY_SHAPE_NONE.rawValue == 0)
        #expect(PURGATORY_SHAPE_ELFCOREHDR.rawValue == 1)
        #expect(PURGATORY_SHAPE_FDT.rawValue == 2)
        #expect(PURGATORY_HALT.rawValue == 0)
        #expect(PURGATORY_RESET.rawValue == 1)
    }
}
