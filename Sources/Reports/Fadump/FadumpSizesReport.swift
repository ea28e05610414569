import FirmwareAssistedDump
import JSON
import PhysicalMemory

/// What `swkexec fadump plan` prints. The keys are documented in swkexec-fadump(8).
public struct FadumpSizesReport: Report {
    public static let schemaVersion: UInt64 = 1

    let machine: FadumpSizes.Machine
    let sizes: FadumpSizes
    /// Whether what the firmware asks room for is known, and not taken for nothing.
    let isFirmwareKnown: Bool

    /// - Parameter isFirmwareKnown: whether what the firmware asks room for is known, and not taken for nothing
    public init(machine: FadumpSizes.Machine, sizes: FadumpSizes, isFirmwareKnown: Bool) {
        self.machine = machine
        self.sizes = sizes
        self.isFirmwareKnown = isFirmwareKnown
    }

    /// What the reader should know besides; they are members of the JSON form, and stand nowhere in the blocks.
    public var warnings: [String] {
        var warnings: [String] = []
        if sizes.isCapped {
            warnings.append("crashkernel= asks for more than a quarter of the memory: the kernel takes \(sizes.bootMemory)")
        }
        if !isFirmwareKnown {
            warnings.append(
                "what the firmware needs for the CPUs' registers is not known (--cpu-state-size, or --sysroot of the machine): nothing is counted for it"
            )
        }
        return warnings
    }

    /// What the newer scheme takes less.
    private var saved: UInt64 { sizes.older.reserved.rawValue - min(sizes.newer.reserved.rawValue, sizes.older.reserved.rawValue) }

    public var blocks: [TextBlock] {
        [
            .line("boot memory is \(sizes.bootMemory) of \(machine.memory); bytes:"),
            .table(
                TextTable(
                    [.init(), .init("BEFORE 6.10", .right), .init("6.10 AND NEWER", .right), .init()],
                    rows: [
                        row("CPU state, hash page table", sizes.firmwareAreas, sizes.firmwareAreas, "in whole pages"),
                        row("copy of boot memory", sizes.bootMemory, sizes.bootMemory, "\(sizes.bootMemory)"),
                        row("crash info header", sizes.older.header, sizes.newer.header),
                        row("elfcorehdr", sizes.older.elfcorehdrRoom, sizes.newer.elfcorehdrRoom, "and padding"),
                        row("metadata of OPAL", sizes.metadata, sizes.metadata),
                        row("reserved area", sizes.older.reserved, sizes.newer.reserved, "the sum"),
                        row("elfcorehdr buffer", .zero, sizes.captureBuffer, "in the capture kernel"),
                    ])),
            .lines([
                "The newer scheme saves \(saved) bytes.",
                "The older one keeps the elfcorehdr in the reserved area. Its room is made at boot for the \(counted(machine.memoryRegions, "range")) of",
                "memory that there then are, and ends after \(sizes.olderLoads) PT_LOADs: a kernel that registers anew after memory has come in",
                "more ranges writes past it. The newer scheme makes it in the capture kernel, for the memory that there is then.",
            ]),
        ]
    }

    private func counted(_ count: Int, _ what: String) -> String { count == 1 ? "one \(what)" : "\(count) \(what)s" }

    private func row(_ what: String, _ older: ByteCount, _ newer: ByteCount, _ remark: String? = nil) -> TextTable.Row {
        .init([what, "\(older.rawValue)", "\(newer.rawValue)"] + [remark].compactMap { $0 })
    }

    public var members: [JSONMember] {
        [
            ("platform", .string(machine.platform.rawValue)),
            ("memory", .number(machine.memory.rawValue)),
            ("bootMemory", .number(sizes.bootMemory.rawValue)),
            ("capped", .bool(sizes.isCapped)),
            ("firmwareAreas", .number(sizes.firmwareAreas.rawValue)),
            ("metadata", .number(sizes.metadata.rawValue)),
            (
                "older",
                .object([
                    ("header", .number(sizes.older.header.rawValue)),
                    ("elfcorehdrRoom", .number(sizes.older.elfcorehdrRoom.rawValue)),
                    ("elfcorehdrLoads", .number(sizes.olderLoads)),
                    ("reserved", .number(sizes.older.reserved.rawValue)),
                ])
            ),
            (
                "newer",
                .object([
                    ("header", .number(sizes.newer.header.rawValue)),
                    ("reserved", .number(sizes.newer.reserved.rawValue)),
                    ("captureElfcorehdrBuffer", .number(sizes.captureBuffer.rawValue)),
                ])
            ),
            ("saved", .number(saved)),
            ("warnings", .strings(warnings)),
        ]
    }
}
