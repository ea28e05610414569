import HostState
import PhysicalMemory
import Readiness
import TestSupport
import Testing

/// Where the crash region is, a check and a plan read alike, in /proc/iomem and in PowerPC's device tree.
struct CrashRegionTests {
    private static let chosen = "proc/device-tree/chosen/linux,"
    private static let iomem = "proc/iomem"
    private static let none = Machine.iomem(crash: "")
    private static let eight = "\0\0\0\0\u{20}\0\0\0"

    @Test(
        arguments: [
            ([:], "0x6e000000-0x7dffffff"),
            ([iomem: none], "none"),
            (
                [iomem: none, chosen + "crashkernel-base": eight, chosen + "crashkernel-size": "\0\0\0\0\u{10}\0\0\0"],
                "0x20000000-0x2fffffff"
            ),
            (
                [iomem: none, chosen + "crashkernel-base": "\u{20}\0\0\0", chosen + "crashkernel-size": "\u{10}\0\0\0"],
                "0x20000000-0x2fffffff"
            ),
            ([iomem: none, chosen + "crashkernel-base": eight, chosen + "crashkernel-size": "\0\0\0\0"], "none"),
            ([iomem: none, chosen + "crashkernel-base": eight], "none"),
            ([iomem: none, chosen + "kernel-end": eight], "none"),
            ([chosen + "crashkernel-base": eight, chosen + "crashkernel-size": eight], "0x6e000000-0x7dffffff"),
            ([iomem: none, chosen + "crashkernel-base": eight, chosen + "crashkernel-size": "\0\0\0"], "3 bytes are no number"),
            ([iomem: none, chosen + "crashkernel-base": eight, chosen + "crashkernel-size": eight + eight], "16 bytes are no number"),
            ([iomem: none, chosen + "crashkernel-base": "\u{7f}\0\0\0", chosen + "crashkernel-size": eight], "outside System RAM"),
            ([iomem: Machine.iomem(crash: "  80000000-8fffffff : Crash kernel\n")], "outside System RAM"),
        ] as [([String: String], String)])
    func oneAnswer(_ changes: [String: String], _ expected: String) throws {
        let folder = try Machine.ready.with(changes).write()
        let root = SystemRoot(folder.path)
        let checked = Evidence.read(root, for: nil).crashRegions
        let planned = Result { try HostState.read(root) }
        switch (checked, planned) {
        case (.found(let regions, let file), .success(let host)):
            #expect(host.crashRegions == regions)
            #expect(host.crashRegionSource == file)
            #expect((regions.isEmpty ? "none" : "\(regions[0])") == expected)
        case (.unreadable(_, let error), .failure(let other)):
            #expect("\(other)" == "\(error)")
            #expect("\(error)".contains(expected), "\(error)")
        default: Issue.record("the check says \(checked), the plan \(planned)")
        }
    }
}
