extension Precondition {
    static let subjectLimit = 64
    static let pathLimit = 256
    static let numbersLimit = 1024
    static let selectorLimit = 256

    /// What is wrong with a precondition that came from a plan file; nil for one that can be checked. Its
    /// path can only lead into /proc and /sys: opening other files may have effects.
    public var fault: String? {
        if !Self.isText(subject, 1...Self.subjectLimit) { return "subject is not a text of 1 to \(Self.subjectLimit) characters" }
        if !hasGoodPath { return "path is none in proc/ or sys/" }
        if !hasGoodNumbers { return "numbers do not go with path and rule" }
        if !hasGoodSelector { return "selector does not go with the rule" }
        let sizes = rule == .digest ? 32...32 : 1...Self.expectedLimit
        return sizes ~= expected.count ? nil : "expected is not \(rule == .digest ? "32" : "1 to \(Self.expectedLimit)") bytes"
    }

    private var hasGoodPath: Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return 1...Self.pathLimit ~= path.utf8.count && path.utf8.allSatisfy { 0x21...0x7e ~= $0 }
            && (path.hasPrefix("proc/") || path.hasPrefix("sys/"))
            && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }

    private var hasGoodNumbers: Bool {
        switch path.utf8.count(where: { $0 == UInt8(ascii: "*") }) {
        case 0: numbers.isEmpty
        case 1: rule == .digest && numbers.utf8.count <= Self.numbersLimit && CPUList.parse(Array(numbers.utf8)[...]) != nil
        default: false
        }
    }

    private var hasGoodSelector: Bool {
        selector.isEmpty || (rule == .lines || rule == .digest) && Self.isText(selector, 1...Self.selectorLimit)
    }

    private static func isText(_ text: String, _ sizes: ClosedRange<Int>) -> Bool {
        sizes ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7e ~= $0 }
    }
}
