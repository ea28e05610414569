import ELF
import PhysicalMemory

/// What `swkexec fadump elfcorehdr` prints of the file that it wrote. The keys of the JSON form are
/// documented in swkexec-fadump(8); they are a promise.
struct ElfcorehdrReport {
    static let schemaVersion: UInt64 = 1

    let headers: [ProgramHeader]
    let reserved: PhysicalRange
    /// Bytes of the file.
    let size: Int

    var table: String {
        var rows = [["TYPE", "OFFSET", "VIRTUAL", "PHYSICAL", "SIZE", ""]]
        for (index, header) in headers.enumerated() {
            rows.append([
                type(header), header.offset.rawValue.hex, header.virtualAddress.hex, header.physicalAddress.description,
                header.memorySize.rawValue.hex, remark(index, header),
            ])
        }
        return TextColumns.table(rows) + "\nreserved area \(reserved), left out; \(size) bytes written\n"
    }

    private func type(_ header: ProgramHeader) -> String { header.type == SegmentType.note ? "NOTE" : "LOAD" }

    private func remark(_ index: Int, _ header: ProgramHeader) -> String {
        switch index {
        case 0: "CPUs: filled in by the capture kernel"
        case 1: "VMCOREINFO"
        default: header.offset.rawValue == header.physicalAddress.rawValue ? "" : "boot memory, copied away"
        }
    }

    var json: String {
        JSONValue.object([
            ("schemaVersion", .number(Self.schemaVersion)),
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
        ]).text() + "\n"
    }
}
