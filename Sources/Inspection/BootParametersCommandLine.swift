import BinaryLayout
import PhysicalMemory

/// The command line that struct boot_params points to (Documentation/arch/x86/zero-page.rst).
enum BootParametersCommandLine {
    private static let pointer = IntegerField<UInt32>("cmd_line_ptr", at: 0x228)
    private static let upperPointer = IntegerField<UInt32>("ext_cmd_line_ptr", at: 0xc8)
    private static let size = ByteCount.page
    /// More than any kernel takes (COMMAND_LINE_SIZE is 2048 there).
    private static let limit = ByteCount.kibibytes(64)

    /// Nil where it lies outside the regions, or does not end.
    static func read(
        _ parameters: PhysicalRange, within regions: [PhysicalRange], in memory: some CrashMemory
    ) throws(CrashMemoryError) -> [UInt8]? {
        guard let page = PhysicalRange(start: parameters.start, size: size), parameters.contains(page) else { return nil }
        let bytes = try memory.bytes(page)
        guard let low = try? bytes.span.read(pointer), let high = try? bytes.span.read(upperPointer) else { return nil }
        let start = PhysicalAddress(UInt64(high) << 32 | UInt64(low))
        guard let region = regions.first(where: { $0.contains(start) }) else { return nil }
        let end = min(start.advanced(by: limit) ?? region.end, region.end)
        guard let range = PhysicalRange(start: start, end: end) else { return nil }
        let text = try memory.bytes(range)
        return text.firstIndex(of: 0).map { Array(text[..<$0]) }
    }
}
