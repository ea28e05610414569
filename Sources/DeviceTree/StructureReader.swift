import BinaryLayout

/// Reads the structure block (Devicetree Specification, section 5.4), which is walked once, from its
/// start to its end.
struct StructureReader {
    private let block: Range<Int>
    private let isSizeKnown: Bool
    private let strings: Range<Int>
    /// The next byte to be read.
    private var offset: Int
    /// The names from the root to the node that is being read.
    private var path: [String] = []
    /// The names of properties by their offsets: a tree has few of them, each many times.
    private var names: [UInt32: String] = [:]

    init(_ header: FlattenedHeader) {
        block = header.structure
        isSizeKnown = header.isStructureSizeKnown
        strings = header.strings
        offset = block.lowerBound
    }

    /// The whole block: one node, and the token that ends the block.
    mutating func tree(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) -> DeviceTree.Node {
        let first = try token(bytes)
        guard first.token == .beginNode else { throw problem("\(first.token) stands where the root must begin", at: first.offset) }
        let root = try node(bytes)
        let last = try token(bytes)
        guard last.token == .end else {
            throw problem("\(last.token) stands behind the end of the root, where the tree must end", at: last.offset)
        }
        if isSizeKnown {
            for rest in offset..<block.upperBound where bytes[rest] != 0 {
                throw problem("data follow the end of the tree within size_dt_struct", at: rest)
            }
        }
        return root
    }

    /// The rest of a node, from behind its first token.
    private mutating func node(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) -> DeviceTree.Node {
        var node = DeviceTree.Node(try nodeName(bytes))
        path.append(node.name)
        defer { path.removeLast() }
        guard path.count <= DeviceTree.maximumDepth else { throw .tooDeep(pathText) }
        while true {
            let next = try token(bytes)
            switch next.token {
            case .property:
                // Readers stop looking for properties at the first child (section 5.4.2).
                guard node.children.isEmpty else { throw problem("a property stands behind a child node", at: next.offset) }
                node.properties.append(try property(bytes))
            case .beginNode: node.children.append(try self.node(bytes))
            case .endNode: return node
            case .end, .nop: throw problem("the tree ends within the node", at: next.offset)
            }
        }
    }

    /// The rest of a property: the length of its value, the offset of its name, the value.
    private mutating func property(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) -> DeviceTree.Property {
        let start = offset
        let length = try word(bytes, "the length of a property")
        let name = try propertyName(bytes, at: try word(bytes, "the name of a property"))
        guard let count = Int(exactly: length), count <= block.upperBound - offset else {
            throw problem("\(name) has a value of \(length) bytes, which reaches beyond the structure block", at: start)
        }
        let value: [UInt8]
        do { value = try bytes.copy(from: offset, length: count, what: name) } catch { throw .truncated(error) }
        skip(count)
        return DeviceTree.Property(name, value)
    }

    /// The next token that is no NOP, and where it stands.
    private mutating func token(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) -> (token: Token, offset: Int) {
        while true {
            let start = offset
            let value = try word(bytes, "a token")
            guard let token = Token(rawValue: value) else { throw problem("0x\(String(value, radix: 16)) is no token", at: start) }
            if token != .nop { return (token, start) }
        }
    }

    private mutating func word(_ bytes: borrowing Span<UInt8>, _ what: StaticString) throws(DeviceTreeError) -> UInt32 {
        guard block.upperBound - offset >= Token.size else {
            throw problem("the structure block ends where \(what) must stand", at: offset)
        }
        var value: UInt32 = 0
        for i in offset..<offset + Token.size { value = value << 8 | UInt32(bytes[i]) }
        offset += Token.size
        return value
    }

    /// Goes over `count` bytes, which lie within the block, to the next multiple of 4.
    private mutating func skip(_ count: Int) {
        offset = min((offset + count + Token.size - 1) / Token.size * Token.size, block.upperBound)
    }

    private mutating func nodeName(_ bytes: borrowing Span<UInt8>) throws(DeviceTreeError) -> String {
        let name: String
        do { name = try text(bytes, from: offset, end: block.upperBound, .node) } catch {
            // Only the root has no name, and need not have one.
            guard path.isEmpty, error == .problem(.empty) else { throw problem("the name of a node \(error)", at: offset) }
            name = ""
        }
        skip(name.utf8.count + 1)
        return name
    }

    private mutating func propertyName(_ bytes: borrowing Span<UInt8>, at nameOffset: UInt32) throws(DeviceTreeError) -> String {
        if let name = names[nameOffset] { return name }
        let place = offset - Token.size
        guard let start = Int(exactly: nameOffset), start < strings.count else {
            throw problem(
                "the name of a property, at 0x\(String(nameOffset, radix: 16)) of the strings block, lies beyond its \(strings.count) bytes",
                at: place)
        }
        do {
            let name = try text(bytes, from: strings.lowerBound + start, end: strings.upperBound, .property)
            names[nameOffset] = name
            return name
        } catch {
            throw problem("the name of a property, at 0x\(String(nameOffset, radix: 16)) of the strings block, \(error)", at: place)
        }
    }

    private enum TextError: Error, Equatable, CustomStringConvertible {
        case problem(NameProblem)
        case unterminated

        var description: String {
            switch self {
            case .problem(let problem): problem.description
            case .unterminated: "is not terminated within its block"
            }
        }
    }

    /// A name that ends in NUL before `end`. No more is read than a name may have.
    private func text(
        _ bytes: borrowing Span<UInt8>, from start: Int, end: Int, _ named: DeviceTree.Named
    ) throws(TextError) -> String {
        let limit = min(end, start + DeviceTree.maximumNameLength + 1)
        var name: [UInt8] = []
        var position = start
        while position < limit, bytes[position] != 0 {
            guard named.allows(bytes[position]) else { throw .problem(.byte(bytes[position])) }
            name.append(bytes[position])
            position += 1
        }
        if position == end { throw .unterminated }
        if position == limit { throw .problem(.tooLong(name.count)) }
        if name.isEmpty { throw .problem(.empty) }
        return String(decoding: name, as: UTF8.self)
    }

    private var pathText: String { "/" + path.dropFirst().joined(separator: "/") }

    private func problem(_ text: String, at offset: Int) -> DeviceTreeError { .structure(pathText, at: offset, text) }
}
