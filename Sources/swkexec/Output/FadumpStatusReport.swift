import FirmwareAssistedDump
import HostState
import PhysicalMemory

/// What `swkexec fadump status` prints. The keys of the JSON form are documented in
/// swkexec-fadump(8); they are a promise.
struct FadumpStatusReport {
    static let schemaVersion: UInt64 = 1

    let state: FadumpState
    let outlook: FadumpOutlook

    var table: String {
        var lines = [("supported", word(state.isSupported))]
        if state.isSupported {
            lines.append(("enabled", flag(state.enabled)))
            lines.append(("registered", flag(state.registered)))
            lines.append(("hotplug ready", flag(state.hotplugReady)))
            lines.append(("reserved", shown(state.reservedBytes) { "\($0) bytes" }))
            lines.append(("dump active", state.isDumpActive.map(word) ?? "unknown"))
            lines.append(("extra arguments", arguments))
            lines += regions
        }
        return TextColumns.pairs(lines) + "\n\(TextColumns.printable(outlook.sentence))\n"
    }

    private var arguments: String {
        guard areArgumentsKnown else { return "unknown: the room for them was given back with the dump" }
        return shown(state.arguments) { $0.isEmpty ? "none" : $0 }
    }

    /// What can be read after a release is no argument any more.
    private var areArgumentsKnown: Bool { !state.wasReleased || state.arguments.isAbsent }

    private var regions: [(String, String)] {
        guard let regions = state.regions.value else { return [("regions", shown(state.regions) { _ in "" })] }
        guard !regions.isEmpty else { return [("regions", "none")] }
        var lines: [(String, String)] = []
        func add(_ name: String, _ area: FadumpRegions.Area?) {
            guard let area else { return }
            lines.append((name, "\(range(area.start, area.size)), \(area.dumped.rawValue.hex) bytes saved"))
        }
        add("CPU state", regions.cpuState)
        add("hash page table", regions.hashPageTable)
        for memory in regions.bootMemory {
            lines.append(
                (
                    "boot memory",
                    "\(range(memory.source, memory.size)) to \(memory.destination), \(memory.dumped.rawValue.hex) bytes saved"
                ))
        }
        add("left in place", regions.preserved)
        if let area = regions.parameters { lines.append(("argument area", range(area.start, area.size))) }
        if let start = regions.reservedFrom { lines.append(("kept for the dump", "memory from \(start) on")) }
        return lines
    }

    private func range(_ start: PhysicalAddress, _ size: ByteCount) -> String {
        PhysicalRange(start: start, size: size).map { "\($0), \(size.rawValue.hex) bytes" } ?? "\(start), \(size.rawValue.hex) bytes"
    }

    private func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
    private func flag(_ reading: Reading<UInt64>) -> String { shown(reading) { word($0 != 0) } }

    private func shown<Value>(_ reading: Reading<Value>, _ describe: (Value) -> String) -> String {
        switch reading {
        case .found(let value, _): describe(value)
        case .absent(let file): "unknown: no \(file)"
        case .unreadable(_, let error): "unknown: \(error)"
        }
    }

    var json: String {
        JSONValue.object([
            ("schemaVersion", .number(Self.schemaVersion)),
            ("supported", .bool(state.isSupported)),
            ("enabled", flagValue(state.enabled)),
            ("registered", flagValue(state.registered)),
            ("hotplugReady", state.isSupported && state.hotplugReady.isAbsent ? .bool(false) : flagValue(state.hotplugReady)),
            ("reservedBytes", state.reservedBytes.value.map { .number($0) } ?? .null),
            ("dumpActive", state.isDumpActive.map { .bool($0) } ?? .null),
            ("extraArguments", areArgumentsKnown ? state.arguments.value.map { .string($0) } ?? .null : .null),
            ("regions", state.regions.value.map { FadumpRegionsJSON.list($0) } ?? .null),
            ("captured", outlook.isCaptured.map { .bool($0) } ?? .null),
            ("atCrash", .string(outlook.sentence)),
            ("unreadable", .array(unreadable.map { .string($0) })),
        ]).text() + "\n"
    }

    private func flagValue(_ reading: Reading<UInt64>) -> JSONValue { reading.value.map { .bool($0 != 0) } ?? .null }

    /// Why a file that is there could not be read.
    private var unreadable: [String] {
        func error<Value>(_ reading: Reading<Value>) -> String? {
            if case .unreadable(_, let error) = reading { return "\(error)" }
            return nil
        }
        return [
            error(state.enabled), error(state.registered), error(state.hotplugReady), error(state.reservedBytes), error(state.arguments),
            error(state.regions),
        ].compactMap { $0 }
    }
}
