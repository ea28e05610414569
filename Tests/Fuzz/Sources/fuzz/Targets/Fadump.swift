import ELF
import FirmwareAssistedDump
import HostState
import PhysicalMemory
import Reports
import TestSupport

extension FuzzTarget {
    /// What `swkexec fadump` reads: the control files, a crash info header, regions and memory as text or JSON, up to
    /// the regenerated elfcorehdr and what is printed.
    static let fadump = FuzzTarget(name: "fadump") {
        var seeds: [[UInt8]] = []
        for fixture in FadumpFixture.allCases {
            for kernel in FadumpFixture.Kernel.allCases {
                let regions = try fixture.bytes(kernel, "sys/kernel/debug/powerpc/fadump_region")
                let memory = try fixture.bytes(kernel, IOMemory.name)
                seeds.append(
                    try MachineFiles(
                        of: fixture.copy(kernel),
                        with: [
                            "fadump/header": fixture.bytes("header-crashed.bin"), "fadump/regions": regions, "fadump/memory": memory,
                        ]
                    ).bytes)
                let json = try FadumpRegions(regions, from: "regions").json.text
                seeds.append(
                    try MachineFiles(
                        of: TemporaryFolder(),
                        with: [
                            "fadump/header": fixture.bytes("header-registered.bin"), "fadump/regions": Array(json.utf8),
                            "fadump/memory": Array(#"{"memory": [{"start": "0x0", "end": "0x7fffffff"}]}"#.utf8),
                        ]
                    ).bytes)
            }
        }
        return seeds
    } read: { bytes in
        // Files that a user names are read by their paths.
        machineFolder.hold(MachineFiles(bytes))
        let state = FadumpState.read(machineFolder.root)
        checkText(of: FadumpStatusReport(state: state, outlook: FadumpOutlook(state, root: machineFolder.root)))
        attempt { _ = try FirmwareSizes.read(machineFolder.root) }
        attempt {
            let header = try FadumpFiles.header(machineFolder.root.file("fadump/header"))
            let verdict = try CrashInfoVerdict(
                header.span, for: CaptureKernelABI(byteOrder: .littleEndian, registersSize: 384, cpuMaskSize: 256))
            let report = CrashInfoReport(header: try CrashInfoHeader(header.span), verdict: verdict)
            checkText(of: report)
            guard case .current(let crash) = report.header else { return }
            try crash.requireWhole()
            let regions = try FadumpFiles.regions(machineFolder.root.file("fadump/regions"))
            let memory = try FadumpFiles.memory(machineFolder.root.file("fadump/memory"))
            let boot = try BootMemory(regions)
            for told in [nil, ByteCount.mebibytes(512)] {
                attempt {
                    let reserved = try ReservedArea.range(regions, boot, headerSize: crash.size, reserved: told)
                    let made = try CaptureElfcorehdr(crash, boot, reserved: reserved, memory: memory)
                    check(made, boot, reserved, memory)
                    let bytes = try made.bytes()
                    checkText(of: ElfcorehdrReport(headers: made.programHeaders, reserved: reserved, size: bytes.count))
                }
            }
        }
    }

    private static let machineFolder = MachineFolder(name: "fadump")

    /// Every byte of memory is dumped once, but for the reserved area and the holes of boot memory.
    private static func check(_ made: CaptureElfcorehdr, _ boot: BootMemory, _ reserved: PhysicalRange, _ memory: [PhysicalRange]) {
        let dumped = made.programHeaders.filter { $0.type == SegmentType.load }.compactMap {
            PhysicalRange(start: $0.physicalAddress, size: $0.memorySize)
        }
        promise(dumped.count == made.programHeaders.count - 2, "no PT_LOAD is empty or wraps")
        for (index, range) in dumped.enumerated() {
            promise(!range.overlaps(reserved), "the reserved area is not dumped")
            promise(dumped[..<index].allSatisfy { !$0.overlaps(range) }, "nothing is dumped twice")
        }
        let low = PhysicalRange(start: PhysicalAddress(0), end: boot.top)
        let wanted = (boot.regions + memory.subtracting([low, reserved].compactMap { $0 })).normalized()
        promise(dumped.normalized() == wanted, "all memory is dumped")
    }
}
