import HostState
import JSON
import PhysicalMemory
import SystemPackage

/// Registered regions as JSON, written by `swkexec fadump status` and read by `swkexec fadump elfcorehdr`. The keys are documented
/// in swkexec-fadump(8); they are a promise.
extension FadumpRegions {
    /// What a region is for.
    private enum Kind: String {
        case cpuState = "cpu-state"
        case hashPageTable = "hash-page-table"
        case bootMemory = "boot-memory"
        case parameters
        case preserved
        case reservedFrom = "reserved-from"
        case unknown
    }

    /// A list, in which each entry says by its `kind` what the others are.
    public var json: JSONValue {
        var list: [JSONValue] = []
        if let area = cpuState { list.append(Self.value(.cpuState, area)) }
        if let area = hashPageTable { list.append(Self.value(.hashPageTable, area)) }
        for memory in bootMemory {
            list.append(
                .object([
                    ("kind", .string(Kind.bootMemory.rawValue)), ("source", Self.address(memory.source)),
                    ("destination", Self.address(memory.destination)),
                    ("size", .number(memory.size.rawValue)), ("dumped", .number(memory.dumped.rawValue)),
                ]))
        }
        if let area = preserved { list.append(Self.value(.preserved, area)) }
        if let area = parameters {
            list.append(
                .object([
                    ("kind", .string(Kind.parameters.rawValue)), ("start", Self.address(area.start)), ("size", .number(area.size.rawValue)),
                    ("text", .string(area.text)),
                ]))
        }
        if let start = reservedFrom {
            list.append(.object([("kind", .string(Kind.reservedFrom.rawValue)), ("start", Self.address(start))]))
        }
        for region in unknown {
            list.append(
                .object([
                    ("kind", .string(Kind.unknown.rawValue)), ("type", .number(region.type)), ("source", Self.address(region.source)),
                    ("destination", Self.address(region.destination)),
                ]))
        }
        return .array(list)
    }

    private static func value(_ kind: Kind, _ area: Area) -> JSONValue {
        .object([
            ("kind", .string(kind.rawValue)), ("start", address(area.start)), ("size", .number(area.size.rawValue)),
            ("dumped", .number(area.dumped.rawValue)),
        ])
    }

    private static func address(_ address: PhysicalAddress) -> JSONValue { .string(address.description) }

    /// The regions in a list of that form.
    public init(_ list: [JSONValue], from path: FilePath) throws(HostStateError) {
        self.init()
        for value in list {
            let entry = try JSONEntry(value, path)
            let name = try entry.text("kind")
            guard let kind = Kind(rawValue: name) else { throw .contradiction(path, "'\(name)' is no kind of region") }
            func once<Value>(_ place: inout Value?, _ value: Value) throws(HostStateError) {
                guard place == nil else { throw .contradiction(path, "'\(name)' stands twice in the list") }
                place = value
            }
            switch kind {
            case .cpuState: try once(&cpuState, try Self.area(entry))
            case .hashPageTable: try once(&hashPageTable, try Self.area(entry))
            case .preserved: try once(&preserved, try Self.area(entry))
            case .bootMemory:
                bootMemory.append(
                    .init(
                        source: try entry.address("source"), destination: try entry.address("destination"), size: try entry.size("size"),
                        dumped: entry.has("dumped") ? try entry.size("dumped") : .zero))
            case .parameters:
                try once(
                    &parameters,
                    .init(start: try entry.address("start"), size: try entry.size("size"), text: try entry.text("text")))
            case .reservedFrom: try once(&reservedFrom, try entry.address("start"))
            case .unknown:
                unknown.append(
                    .init(
                        type: try entry.number("type"), source: try entry.address("source"), destination: try entry.address("destination")))
            }
        }
    }

    private static func area(_ entry: JSONEntry) throws(HostStateError) -> Area {
        .init(
            start: try entry.address("start"), size: try entry.size("size"), dumped: entry.has("dumped") ? try entry.size("dumped") : .zero)
    }
}
