import Foundation

/// A program of the system that a test compares with: gzip, xz, readelf, dtc, sha256sum.
public struct Tool: Sendable {
    public let name: String
    private let path: String?

    public init(_ name: String) {
        self.name = name
        path = ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Whether this machine has it; a test that needs it is otherwise skipped.
    public var isAvailable: Bool { path != nil }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs it and gives its standard output. Throws when it ends with another status than 0.
    public func output(_ arguments: [String] = [], input: [UInt8] = []) throws -> [UInt8] {
        guard let path else { throw Failure(description: "no \(name) on this machine") }
        let result = try ProgramResult(running: path, arguments, input: input, environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"])
        guard result.status == 0 else {
            throw Failure(description: "\(name) \(arguments): status \(result.status): \(result.errors)")
        }
        return result.bytes
    }

    public func text(_ arguments: [String] = [], input: [UInt8] = []) throws -> String {
        String(decoding: try output(arguments, input: input), as: UTF8.self)
    }
}

extension Tool {
    public static let gzip = Tool("gzip")
    public static let xz = Tool("xz")
    public static let zstd = Tool("zstd")
    public static let readelf = Tool("readelf")
    public static let sha256sum = Tool("sha256sum")
    public static let dtc = Tool("dtc")
    public static let fdtget = Tool("fdtget")
    public static let fdtput = Tool("fdtput")

    /// The digest that sha256sum(1) prints for these bytes.
    public static func sha256(of bytes: [UInt8]) throws -> String {
        String(try sha256sum.text(input: bytes).prefix { $0 != " " })
    }
}
