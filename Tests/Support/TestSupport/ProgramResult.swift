import Foundation

/// What a program did that was run to its end.
public struct ProgramResult: Sendable {
    /// Its exit status; 128 and the signal where one ended it.
    public let status: Int32
    /// Its standard output.
    public let bytes: [UInt8]
    /// Its standard error.
    public let errors: String
    private let name: String

    /// - Parameters:
    ///   - path: of the program
    ///   - name: what its complaints begin with, where that is not the name of its file
    ///   - input: its standard input
    ///   - environment: all of it; nil for that of the tests
    public init(
        running path: String, as name: String? = nil, _ arguments: [String], input: [UInt8] = [], environment: [String: String]? = nil
    ) throws {
        self.name = name ?? URL(fileURLWithPath: path).lastPathComponent
        // Files instead of pipes: nothing can block, however much is written.
        let folder = try TemporaryFolder()
        for (file, bytes) in [("input", input), ("output", []), ("errors", [])] { try folder.write(bytes, to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let environment { process.environment = environment }
        process.standardInput = FileHandle(forReadingAtPath: folder.file("input").string)
        process.standardOutput = FileHandle(forWritingAtPath: folder.file("output").string)
        process.standardError = FileHandle(forWritingAtPath: folder.file("errors").string)
        try process.run()
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        bytes = try folder.read("output")
        errors = String(decoding: try folder.read("errors"), as: UTF8.self)
    }

    public var output: String { String(decoding: bytes, as: UTF8.self) }

    /// The one line on standard error, without the program's name and a colon; nil when there is not exactly one.
    public var complaint: String? {
        let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 2, lines[1].isEmpty, lines[0].hasPrefix("\(name): ") else { return nil }
        return String(lines[0].dropFirst(name.count + 2))
    }
}
