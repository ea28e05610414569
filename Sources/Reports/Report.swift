import JSON

/// What a command has found or planned, for people and for programs. A report says what stands in each form; how a form is laid
/// out, and what of a foreign text must not reach a terminal, is decided once, by `TextBlock` and `JSONValue`.
public protocol Report {
    /// The version of the keys, which the manuals document and which are a promise.
    static var schemaVersion: UInt64 { get }

    /// For programs: keys and values in their order, behind the version.
    var members: [JSONMember] { get }

    /// For people: with an empty line between two.
    var blocks: [TextBlock] { get }
}

/// The forms that every report has.
public enum ReportFormat: String, CaseIterable, Sendable {
    /// As --format names them.
    case table, json
}

extension Report {
    /// The form for people.
    public var table: String { blocks.map(\.text).joined(separator: "\n") }

    /// The form for programs, indented.
    public var json: String { JSONValue.object([("schemaVersion", .number(Self.schemaVersion))] + members).text + "\n" }

    /// The form that --format names.
    public func text(_ format: ReportFormat) -> String {
        switch format {
        case .table: table
        case .json: json
        }
    }
}
