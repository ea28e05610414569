import ByteStorage
import CPlanFormat
import SHA256
import SystemPackage

extension Precondition {
    /// What the machine has instead, as one line; nil where the precondition holds.
    public func difference(in root: SystemRoot) -> String? {
        let name = self.name(in: root)
        do throws(FileError) {
            return try found(in: root).map { PLAN_DIFFERENCE.filled(name, $0, expectation) }
        } catch {
            return PLAN_DIFFERENCE.filled(name, Self.difference(of: error), expectation)
        }
    }

    private static func difference(of error: FileError) -> String {
        switch error {
        case _ where error.isMissing: PLAN_DIFFERS_ABSENT
        case .tooLarge(_, let limit): PLAN_DIFFERS_TOO_LARGE.filled(limit)
        case .isDirectory: PLAN_DIFFERS_FOLDER
        // swkexec-apply opens files of /proc and /sys alone, where there are no others.
        case .notRegular: "is not a regular file"
        case .system(_, _, let errno): PLAN_DIFFERS_UNREADABLE.filled(errno.rawValue)
        }
    }

    /// The file, or the files as `cpu[0-3,8]`, below the root.
    public func name(in root: SystemRoot) -> String {
        root.file(path).string.map { $0 == "*" ? "[\(numbers)]" : String($0) }.joined()
    }

    /// `expected` for people.
    public var expectation: String { rule == .digest || rule == .tree ? Self.hexadecimal(expected) : Self.shown(expected) }

    /// How the file contradicts the precondition; nil where it does not.
    private func found(in root: SystemRoot) throws(FileError) -> String? {
        switch rule {
        case .equals:
            let bytes = try root.whole(path, limit: SystemRoot.fileLimit)
            return bytes == expected ? nil : PLAN_DIFFERS_IS.filled(Self.shown(bytes))
        case .begins:
            let bytes = try root.head(path, limit: Self.expectedLimit)
            return bytes.starts(with: expected) ? nil : PLAN_DIFFERS_IS.filled(Self.shown(bytes))
        case .contains:
            let bytes = try root.head(path, limit: Self.containsLimit)
            return bytes[...].holds(expected) ? nil : PLAN_DIFFERS_LACKS
        case .lines:
            let lines = chosenLines(try root.whole(path, limit: SystemRoot.fileLimit))
            if Array(lines.joined(separator: [0x0a])) == expected { return nil }
            return lines.isEmpty ? PLAN_DIFFERS_NO_LINE : PLAN_DIFFERS_LINES.filled(Self.shown(Array(lines.joined(separator: [0x0a]))))
        case .digest:
            return compare(Self.digest(of: try allChosenLines(in: root)), PLAN_DIFFERS_LINE_DIGEST)
        case .tree: return compare(try treeDigest(in: root), PLAN_DIFFERS_TREE_DIGEST)
        }
    }

    /// - Parameter selected: the sentence where a selector has chosen what was hashed
    private func compare(_ digest: [UInt8], _ selected: String) -> String? {
        guard digest != expected else { return nil }
        let text = Self.hexadecimal(digest)
        return selector.isEmpty ? PLAN_DIFFERS_DIGEST.filled(text) : selected.filled(selector, text)
    }

    private func chosenLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let text = Array(selector.utf8)
        return bytes.lines.map(\.trimmed).filter { !$0.isEmpty && $0.holds(text) }
    }

    private func allChosenLines(in root: SystemRoot) throws(FileError) -> [ArraySlice<UInt8>] {
        guard !numbers.isEmpty else { return chosenLines(try root.whole(path, limit: SystemRoot.fileLimit)) }
        var lines: [ArraySlice<UInt8>] = []
        for number in CPUList.parse(Array(numbers.utf8)[...]) ?? [] {
            let name = path.map { $0 == "*" ? "\(number)" : String($0) }.joined()
            do { lines += chosenLines(try root.whole(name, limit: SystemRoot.fileLimit)) } catch {
                guard error.isMissing else { throw error }
                lines.append([UInt8(ascii: "-")])
            }
        }
        return lines
    }

    // MARK: - For people

    /// Text in quotes, other bytes in hexadecimal; the start of what is long.
    static func shown(_ bytes: [UInt8]) -> String {
        let limit = 80
        var start = bytes.prefix(limit)
        if bytes.count <= limit, start.last == 0x0a { start.removeLast() }
        guard !start.isEmpty else { return "empty" }
        let isText = start.allSatisfy { 0x20...0x7e ~= $0 || $0 == 0x0a }
        let text =
            isText
            ? "'\(String(decoding: start, as: UTF8.self).map { $0 == "\n" ? "; " : String($0) }.joined())'" : "0x" + hexadecimal(start)
        return bytes.count > limit ? text + "..." : text
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension ArraySlice<UInt8> {
    /// Whether `pattern` stands somewhere in these bytes.
    fileprivate func holds(_ pattern: [UInt8]) -> Bool {
        guard let first = pattern.first else { return true }
        guard count >= pattern.count else { return false }
        return (startIndex...endIndex - pattern.count).contains { self[$0] == first && self[$0...].starts(with: pattern) }
    }
}
