import FirmwareAssistedDump
import HostState
import PhysicalMemory
import SystemPackage

/// Registered regions as JSON, written by `fadump status` and read by `fadump elfcorehdr`. The keys
/// are documented in swkexec-fadump(8); they are a promise.
enum FadumpRegionsJSON {
    /// What a region is for.
    private enum Kind: String {
        case cpuState = "cpu-state"
        case hashPageTable = "hash-page-table"
        case bootMemory = "boot-memory"
        case parameters
        case preserved
        case reservedFrom = "reserved-from"
    }

    static func list(_ regions: FadumpRegions) -> JSONValue {
        var list: [JSONValue] = []
        if let area = regions.cpuState { list.append(value(.cpuState, area)) }
        if let area = regions.hashPageTable { list.append(value(.hashPageTable, area)) }
        for memory in regions.bootMemory {
            list.append(
                .object([
                    ("kind", .string(Kind.bootMemory.rawValue)), ("source", address(memory.source)),
                    ("destination", address(memory.destination)),
                    ("size", .number(memory.size.rawValue)), ("dumped", .number(memory.dumped.rawValue)),
                ]))
        }
        if let area = regions.preserved { list.append(value(.preserved, area)) }
        if let area = regions.parameters {
            list.append(
                .object([
                    ("kind", .string(Kind.parameters.rawValue)), ("start", address(area.start)), ("size", .number(area.size.rawValue)),
                    ("text", .string(area.text)),
                ]))
        }
        if let start = regions.reservedFrom {
            list.append(.object([("kind", .string(Kind.reservedFrom.rawValue)), ("start", address(start))]))
        }
        return .array(list)
    }

    private static func value(_ kind: Kind, _ area: FadumpRegions.Area) -> JSONValue {
        .object([
            ("kind", .string(kind.rawValue)), ("start", address(area.start)), ("size", .number(area.size.rawValue)),
            ("dumped", .number(area.dumped.rawValue)),
        ])
    }

    private static func address(_ address: PhysicalAddress) -> JSONValue { .string(address.description) }

    static func regions(_ list: [JSONValue], _ path: FilePath) throws(HostStateError) -> FadumpRegions {
        var regions = FadumpRegions()
        for value in list {
            let entry = try JSONEntry(value, path)
            let name = try entry.text("kind")
            guard let kind = Kind(rawValue: name) else { throw .contradiction(path, "'\(name)' is no kind of region") }
            func once<Value>(_ place: inout Value?, _ value: Value) throws(HostStateError) {
                guard place == nil else { throw .contradiction(path, "'\(name)' stands twice in the list") }
                place = value
            }
            switch kind {
            case .cpuState: try once(&regions.cpuState, try area(entry))
            case .hashPageTable: try once(&regions.hashPageTable, try area(entry))
            case .preserved: try once(&regions.preserved, try area(entry))
            case .bootMemory:
                regions.bootMemory.append(
                    .init(
                        source: try entry.address("source"), destination: try entry.address("destination"), size: try entry.size("size"),
                        dumped: entry.has("dumped") ? try entry.size("dumped") : .zero))
            case .parameters:
                try once(
                    &regions.parameters,
                    .init(start: try entry.address("start"), size: try entry.size("size"), text: try entry.text("text")))
            case .reservedFrom: try once(&regions.reservedFrom, try entry.address("start"))
            }
        }
        return regions
    }

    private static func area(_ entry: JSONEntry) throws(HostStateError) -> FadumpRegions.Area {
        .init(
            start: try entry.address("start"), size: try entry.size("size"), dumped: entry.has("dumped") ? try entry.size("dumped") : .zero)
    }
}
