import HostState
import PhysicalMemory
import SystemPackage

/// The text of fadump_region, in the form of today's kernels and in that of 2012, whose boot memory
/// begins at 0, so that its line has only where it is copied to:
///
///     CPU :[0x00000020000000-0x000000200009ff] 0xa00 bytes, Dumped: 0x0
///     HPTE:[0x00000020000a00-0x000000200009ff] 0x0 bytes, Dumped: 0x0
///     DUMP: Src: 0x00000000000000, Dest: 0x00000020001000, Size: 0x20000000, Dumped: 0x0 bytes
///     DUMP: [0x0000006fff1020-0x0000007fff101f] 0x10000000 bytes, Dumped: 0x0
///         : [0x00000010000000-0x0000006ffaffff] 0x5ffb0000 bytes, Dumped: 0x5ffb0000
///     [0x0000007ffff800-0x0000007fffffff]: cmdline append: 'panic=1'
///     Memory above 0x00000020000000 is reserved for saving crash dump
///     Unknown region type 3 : Src: 0x00000000000000, Dest: 0x00000040001000, DUMP: Src: ...
///
/// The last of these has no size and no line end: the next one follows in the same line (rtas_fadump_region_show() of
/// arch/powerpc/platforms/pseries/rtas-fadump.c).
extension FadumpRegions {
    /// Reads the file's text. Throws where a line is of neither form, or of a kind that was there
    /// already.
    /// - Parameter path: where it was read, for messages
    public init(_ bytes: [UInt8], from path: FilePath) throws(HostStateError) {
        self.init()
        for (index, line) in bytes.lines.enumerated() where !line.trimmed.isEmpty {
            guard addAll(line.trimmed) else {
                throw .garbled(
                    path, line: index + 1, found: line.trimmed.text, allowed: "a line of fadump_region (each kind but DUMP once at most)")
            }
        }
    }

    /// False for a line of no form.
    private mutating func addAll(_ line: ArraySlice<UInt8>) -> Bool {
        var line = line
        while let (region, rest) = RegionLine.unknown(line) {
            unknown.append(region)
            line = rest
        }
        return line.isEmpty || RegionLine(line).map { add($0) } ?? false
    }

    /// False where there is one of that kind already, and only one can be.
    private mutating func add(_ region: RegionLine) -> Bool {
        switch region {
        case .cpuState(let area): return Self.set(&cpuState, area)
        case .hashPageTable(let area): return Self.set(&hashPageTable, area)
        case .bootMemory(let memory): bootMemory.append(memory)
        case .preserved(let area): return Self.set(&preserved, area)
        case .parameters(let area): return Self.set(&parameters, area)
        case .reservedFrom(let address): return Self.set(&reservedFrom, address)
        }
        return true
    }

    private static func set<Value>(_ place: inout Value?, _ value: Value) -> Bool {
        guard place == nil else { return false }
        place = value
        return true
    }
}

/// What one line says.
private enum RegionLine {
    case cpuState(FadumpRegions.Area)
    case hashPageTable(FadumpRegions.Area)
    case bootMemory(FadumpRegions.BootMemory)
    case preserved(FadumpRegions.Area)
    case parameters(FadumpRegions.Parameters)
    case reservedFrom(PhysicalAddress)

    /// A region of a type that the kernel does not know, and what stands behind it in the line.
    static func unknown(_ line: ArraySlice<UInt8>) -> (FadumpRegions.Unknown, rest: ArraySlice<UInt8>)? {
        var text = LineCursor(line)
        guard text.skip("Unknown region type "), let type = text.decimal(), text.skip(" : Src: "), let source = text.number(),
            text.skip(", Dest: "), let destination = text.number(), text.skip(",")
        else { return nil }
        return (
            .init(type: type, source: PhysicalAddress(source), destination: PhysicalAddress(destination)),
            line[(line.endIndex - text.count)...].trimmed
        )
    }

    /// Nil for a line of no form.
    init?(_ line: ArraySlice<UInt8>) {
        var text = LineCursor(line)
        if text.skip("Memory above ") {
            guard let address = text.number(), text.skip(" is reserved for saving crash dump"), text.isAtEnd else { return nil }
            self = .reservedFrom(PhysicalAddress(address))
        } else if text.isAt("[") {
            guard let (start, size) = text.bracketed(), text.skip(": cmdline append: '"), let argument = text.quoted() else { return nil }
            self = .parameters(.init(start: start, size: size, text: argument))
        } else {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let label = line[..<colon].trimmed.text
            text = LineCursor(line[(colon + 1)...].trimmed)
            guard let region = Self.labelled(label, &text), text.isAtEnd else { return nil }
            self = region
        }
    }

    private static func labelled(_ label: String, _ text: inout LineCursor) -> RegionLine? {
        if label == "DUMP", text.isAt("Src") {
            guard text.skip("Src: "), let source = text.number(), text.skip(", Dest: "), let destination = text.number(),
                text.skip(", Size: "), let size = text.number(), text.skip(", Dumped: "), let dumped = text.number(), text.skip(" bytes")
            else { return nil }
            return .bootMemory(
                .init(
                    source: PhysicalAddress(source), destination: PhysicalAddress(destination), size: ByteCount(size),
                    dumped: ByteCount(dumped)))
        }
        guard let (start, range) = text.bracketed(), text.skip(" "), let size = text.number(), text.skip(" bytes, Dumped: "),
            let dumped = text.number(), range == ByteCount(size)
        else { return nil }
        let area = FadumpRegions.Area(start: start, size: range, dumped: ByteCount(dumped))
        switch label {
        case "CPU": return .cpuState(area)
        case "HPTE": return .hashPageTable(area)
        case "DUMP":
            return .bootMemory(.init(source: PhysicalAddress(0), destination: start, size: area.size, dumped: area.dumped))
        case "": return .preserved(area)
        default: return nil
        }
    }
}

/// A place in a line; what was read is behind it.
private struct LineCursor {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) { rest = line }

    var isAtEnd: Bool { rest.isEmpty }
    var count: Int { rest.count }

    func isAt(_ word: String) -> Bool { rest.starts(with: word.utf8) }

    mutating func skip(_ word: String) -> Bool {
        guard isAt(word) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    /// A hexadecimal number, 0x in front of it or not.
    mutating func number() -> UInt64? {
        let digits = rest.prefix { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66, 0x78: true
            default: false
            }
        }
        rest = rest[digits.endIndex...]
        return digits.number(radix: 16)
    }

    /// A decimal number.
    mutating func decimal() -> UInt64? {
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        rest = rest[digits.endIndex...]
        return digits.number(radix: 10)
    }

    /// "[START-END]", both ends included. An empty range ends below its start.
    mutating func bracketed() -> (PhysicalAddress, ByteCount)? {
        guard skip("["), let start = number(), skip("-"), let last = number(), skip("]") else { return nil }
        let size = last &- start &+ 1
        guard size == 0 || start <= last else { return nil }
        return (PhysicalAddress(start), ByteCount(size))
    }

    /// Everything up to the quote at the end of the line.
    mutating func quoted() -> String? {
        guard rest.last == UInt8(ascii: "'") else { return nil }
        let text = rest.dropLast().text
        rest = rest[rest.endIndex...]
        return text
    }
}
