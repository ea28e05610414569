import FirmwareAssistedDump
import HostState
import JSON
import PhysicalMemory

/// What `swkexec fadump status` prints. The keys are documented in swkexec-fadump(8).
public struct FadumpStatusReport: Report {
    public static let schemaVersion: UInt64 = 1

    let state: FadumpState
    let outlook: FadumpOutlook

    /// Both are of the same machine.
    public init(state: FadumpState, outlook: FadumpOutlook) {
        self.state = state
        self.outlook = outlook
    }

    // MARK: - For people

    public var blocks: [TextBlock] {
        var fields = [(label: "supported", value: word(state.isSupported))]
        if state.isSupported {
            fields += [
                ("enabled", flag(state.enabled)),
                ("registered", flag(state.registered)),
                ("hotplug ready", flag(state.hotplugReady)),
                ("reserved", shown(state.reservedBytes) { "\($0) bytes" }),
                ("dump active", state.isDumpActive.map(word) ?? "unknown"),
                ("extra arguments", arguments),
            ]
            fields += regions
        }
        return [.fields(fields), .line(outlook.sentence)]
    }

    private var arguments: String {
        guard areArgumentsKnown else { return "unknown: the room for them was given back with the dump" }
        return shown(state.arguments) { $0.isEmpty ? "none" : $0 }
    }

    /// What can be read after a release is no argument any more.
    private var areArgumentsKnown: Bool { !state.wasReleased || state.arguments.isAbsent }

    private var regions: [(label: String, value: String)] {
        guard let regions = state.regions.value else { return [("regions", shown(state.regions) { _ in "" })] }
        guard !regions.isEmpty else { return [("regions", "none")] }
        var fields: [(label: String, value: String)] = []
        func add(_ name: String, _ area: FadumpRegions.Area?) {
            guard let area else { return }
            fields.append((name, "\(range(area.start, area.size)), \(area.dumped.rawValue.hex) bytes saved"))
        }
        add("CPU state", regions.cpuState)
        add("hash page table", regions.hashPageTable)
        for memory in regions.bootMemory {
            fields.append(
                (
                    "boot memory",
                    "\(range(memory.source, memory.size)) to \(memory.destination), \(memory.dumped.rawValue.hex) bytes saved"
                ))
        }
        add("left in place", regions.preserved)
        if let area = regions.parameters { fields.append(("argument area", range(area.start, area.size))) }
        if let start = regions.reservedFrom { fields.append(("kept for the dump", "memory from \(start) on")) }
        for region in regions.unknown {
            fields.append(("type \(region.type), not known", "\(region.source) to \(region.destination)"))
        }
        return fields
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

    // MARK: - For programs

    public var members: [JSONMember] {
        [
            ("supported", .bool(state.isSupported)),
            ("enabled", flagValue(state.enabled)),
            ("registered", flagValue(state.registered)),
            ("hotplugReady", state.isSupported && state.hotplugReady.isAbsent ? .bool(false) : flagValue(state.hotplugReady)),
            ("reservedBytes", state.reservedBytes.value.map { .number($0) } ?? .null),
            ("dumpActive", state.isDumpActive.map { .bool($0) } ?? .null),
            ("extraArguments", areArgumentsKnown ? state.arguments.value.map { .string($0) } ?? .null : .null),
            ("regions", state.regions.value?.json ?? .null),
            ("captured", outlook.isCaptured.map { .bool($0) } ?? .null),
            ("atCrash", .string(outlook.sentence)),
            ("unreadable", .strings(unreadable)),
        ]
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
