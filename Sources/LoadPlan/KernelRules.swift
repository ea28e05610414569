import DeviceTree
import ELF
import HostState
import PhysicalMemory

/// The rules that the kernel checks on kexec_load(2) (kernel/kexec_core.c, sanity_check_segment_list),
/// checked before the call: a failed crash load leaves no crash image at all, and a dry run should
/// say what a load would.
enum KernelRules {
    /// KEXEC_SEGMENT_MAX
    static let maximumSegments = 16

    static func check(
        segments: [Segment], entry: PhysicalAddress, usableMemory: [PhysicalRange], purpose: LoadPlan.Purpose,
        totalMemory: ByteCount?, pageSize: ByteCount
    ) throws(PlanError) {
        guard segments.count <= maximumSegments else {
            throw .rule(nil, "\(segments.count) segments exceed the kernel's limit of \(maximumSegments)")
        }
        let place = purpose == .crash ? "the crash kernel's region" : "usable RAM"
        for segment in segments { try checkAlone(segment, usableMemory: usableMemory, place: place, purpose: purpose, pageSize: pageSize) }
        for (segment, next) in zip(segments, segments.dropFirst()) where segment.memory.overlaps(next.memory) {
            throw .rule(segment.role, "its memory \(segment.memory) overlaps segment \(next.role.rawValue) at \(next.memory)")
        }
        guard usableMemory.contains(where: { $0.contains(entry) }) else {
            throw .rule(nil, "the entry \(entry) lies outside \(place)")
        }
        if let totalMemory { try checkSizes(segments, totalMemory: totalMemory) }
    }

    private static func checkAlone(
        _ segment: Segment, usableMemory: [PhysicalRange], place: String, purpose: LoadPlan.Purpose,
        pageSize: ByteCount
    ) throws(PlanError) {
        guard segment.memory.start.isAligned(to: pageSize), segment.memory.size.isAligned(to: pageSize) else {
            throw .rule(segment.role, "its memory \(segment.memory) is not whole pages of \(pageSize)")
        }
        guard segment.loadedSize <= segment.memory.size else {
            throw .rule(segment.role, "its \(segment.loadedSize) do not fit its memory of \(segment.memory.size)")
        }
        guard usableMemory.contains(where: { $0.contains(segment.memory) }) else {
            throw .rule(segment.role, "its memory \(segment.memory) lies outside \(place)")
        }
        // Only a crash image has an elfcorehdr, and a kernel that is an ELF file may load its own header;
        // a module may be any file.
        guard purpose == .crash else { return }
        // On hotplug the kernel finds what it rewrites by the magic at a segment's start.
        try checkMagic(segment, ELFHeader.magic, "ELF", of: .elfcorehdr)
        try checkMagic(segment, DeviceTree.magic, "FDT", of: .fdt)
    }

    private static func checkMagic(
        _ segment: Segment, _ magic: [UInt8], _ name: String, of role: SegmentRole
    ) throws(PlanError) {
        let hasMagic = segment.contents.withSpan { $0.matches(magic) }
        guard hasMagic == (segment.role == role) else {
            throw .rule(
                segment.role,
                hasMagic
                    ? "it begins with the \(name) magic, by which the kernel would take it for the \(role.rawValue)"
                    : "it does not begin with the \(name) magic")
        }
    }

    /// No segment, and not all of them together, may be larger than half of RAM.
    private static func checkSizes(_ segments: [Segment], totalMemory: ByteCount) throws(PlanError) {
        let half = totalMemory.rawValue / 2
        var sum = ByteCount.zero
        for segment in segments {
            guard segment.memory.size.rawValue <= half else {
                throw .rule(segment.role, "its \(segment.memory.size) are more than half of the \(totalMemory) of RAM")
            }
            sum = sum.adding(segment.memory.size) ?? ByteCount(.max as UInt64)
        }
        guard sum.rawValue <= half else {
            throw .rule(nil, "all segments together, \(sum), are more than half of the \(totalMemory) of RAM")
        }
    }
}
