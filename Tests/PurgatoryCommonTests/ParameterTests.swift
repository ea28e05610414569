import CPurgatoryCommon
import Testing

/// The layout that the loader writes into. The sizes of the objects themselves
/// are checked in every linked image, see purgatory-embed.
@Suite struct ParameterTests {
    @Test func segmentLayout() {
        #expect(MemoryLayout<purgatory_segment>.stride == 40)
        #expect(MemoryLayout<purgatory_segment>.offset(of: \.start) == 0)
        #expect(MemoryLayout<purgatory_segment>.offset(of: \.memory_size) == 8)
        #expect(MemoryLayout<purgatory_segment>.offset(of: \.loaded_size) == 16)
        #expect(MemoryLayout<purgatory_segment>.offset(of: \.checksum) == 24)
        #expect(MemoryLayout<purgatory_segment>.offset(of: \.role) == 32)
        #expect(MemoryLayout<purgatory_segment>.offset(of: \.check) == 36)
    }

    @Test func recordLayout() {
        #expect(MemoryLayout<purgatory_record>.stride == 736)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.version) == 16)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.size) == 20)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.address) == 24)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.checksum) == 32)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.machine) == 40)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.flags) == 44)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.entry) == 48)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.check_enabled) == 56)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.on_mismatch) == 60)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.digest) == 64)
        #expect(MemoryLayout<purgatory_record>.offset(of: \.segments) == 96)
    }

    /// PurgatoryRecord of the loader has the same.
    @Test func values() {
        #expect(PURGATORY_SEGMENT_LIMIT == 16)
        #expect(PURGATORY_CHECK_NONE.rawValue == 0)
        #expect(PURGATORY_CHECK_DIGEST.rawValue == 1)
        #expect(PURGATORY_CHECK_ELFCOREHDR.rawValue == 2)
        #expect(PURGATORY_CHECK_FDT.rawValue == 3)
        #expect(PURGATORY_HALT.rawValue == 0)
        #expect(PURGATORY_RESET.rawValue == 1)
        #expect(PURGATORY_HOTPLUG == 1)
    }
}
