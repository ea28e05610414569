import ELF
import JSON
import PhysicalMemory

/// What `swkexec fadump elfcorehdr` prints of the file that it wrote. The keys are documented in swkexec-fadump(8).
public struct ElfcorehdrReport: Report {
    public static let schemaVersion: UInt64 = 1

    let headers: [ProgramHeader]
    let reserved: PhysicalRange
    /// Bytes of the file.
    let size: Int

    /// - Parameters:
    ///   - headers: those of the file, in their order
    ///   - reserved: the area that they leave out
    ///   - size: bytes of the file
    public init(headers: [ProgramHeader], reserved: PhysicalRange, size: Int) {
        self.headers = headers
        self.reserved = reserved
        self.size = size
    }

    public var blocks: [TextBlock] {
        let rows = headers.enumerated().map { index, header in
            TextTable.Row(
                [
                    type(header), header.offset.rawValue.hex, header.virtualAddress.hex, header.physicalAddress.description,
                    header.memorySize.rawValue.hex,
                ] + [remark(index, header)].compactMap { $0 })
        }
        return [
            .table(
                TextTable(
                    [
                        .init("TYPE"), .init("OFFSET", .right), .init("VIRTUAL", .right), .init("PHYSICAL", .right), .init("SIZE", .right),
                        .init(),
                    ], rows: rows)),
            .line("reserved area \(reserved), left out; \(size) bytes written"),
        ]
    }

    private func type(_ header: ProgramHeader) -> String { header.type == SegmentType.note ? "NOTE" : "LOAD" }

    private func remark(_ index: Int, _ header: ProgramHeader) -> String? {
        switch index {
        case 0: "CPUs: filled in by the capture kernel"
        case 1: "VMCOREINFO"
        default: header.offset.rawValue == header.physicalAddress.rawValue ? nil : "boot memory, copied away"
        }
    }

    public var members: [JSONMember] {
        [
            (
                "programHeaders",
                .array(
                    headers.map { header in
                        .object([
                            ("type", .string(type(header))),
                            ("offset", .string(header.offset.rawValue.hex)),
                            ("virtual", .string(header.virtualAddress.hex)),
                            ("physical", .string(header.physicalAddress.description)),
                            ("size", .number(header.memorySize.rawValue)),
                        ])
                    })
            ),
            ("reserved", .object([("start", .string(reserved.start.description)), ("size", .number(reserved.size.rawValue))])),
            ("bytes", .number(UInt64(size))),
        ]
    }
}
