import ByteStorage
import CPlanFormat
import SHA256

/// What must be true of a machine before a plan is carried out there: a file of /proc or /sys, and what
/// it must hold. Made so that a program can check it that knows nothing of architectures
/// (Applier/facts.c). In plan files and in JSON it is called a fact.
public struct Precondition: Hashable, Sendable {
    /// How the file's content and `expected` are compared.
    public enum Rule: Hashable, Sendable, CaseIterable {
        /// The file is exactly these bytes.
        case equals
        /// The file begins with these bytes.
        case begins
        /// These bytes stand somewhere in the file's first 64 KiB.
        case contains
        /// The file's chosen lines are these, with a line end between two.
        case lines
        /// The SHA-256 over the chosen lines, a line end behind each, is these 32 bytes. The path may name
        /// many files by a `*`; one that does not exist then counts as a line `-`.
        case digest
        /// The SHA-256 over a file, or over all files of a folder, is these 32 bytes: of a device tree alone. Of a folder what begins
        /// with the selector is chosen.
        case tree
    }

    /// How much of a file the rule `contains` looks at.
    public static let containsLimit = Int(PLAN_CONTAINS_LIMIT)
    /// The most bytes that `expected` may have, and what is read for the rule `begins`.
    public static let expectedLimit = Int(PLAN_EXPECTED_LIMIT)

    /// How the file's content is compared.
    public let rule: Rule
    /// Completes "made for another …".
    public let subject: String
    /// Below the root, in proc/ or sys/.
    public let path: String
    /// What `*` in the path stands for, a list of numbers as in "0-3,8"; empty for a path without.
    public let numbers: String
    /// Of the rules `lines` and `digest`: the lines that hold this text are chosen; all where it is empty.
    /// Lines count without the blanks around them, and empty ones not at all. Of the rule `tree`: how names begin.
    public let selector: String
    /// What the rule compares with, 1 to `expectedLimit` bytes; the 32 bytes of a SHA-256 for `digest` and `tree`.
    public let expected: [UInt8]
    /// --force overrides a difference.
    public let isOverridable: Bool

    /// Makes a precondition, whose parts are not checked: see `fault`.
    public init(
        _ rule: Rule, subject: String, path: String, numbers: String = "", selector: String = "", expected: [UInt8],
        isOverridable: Bool = false
    ) {
        self.rule = rule
        self.subject = subject
        self.path = path
        self.numbers = numbers
        self.selector = selector
        self.expected = expected
        self.isOverridable = isOverridable
    }

    /// `expected` of the rule `digest` for these lines.
    public static func digest(of lines: some Sequence<some Sequence<UInt8>>) -> [UInt8] {
        SHA256.digest(of: Bytes(lines.flatMap { Array($0) + [0x0a] })).bytes
    }
}
