import Foundation
import SystemPackage

/// What kexec-tools handed to kexec_load(2), as `peer/CASE.json` of a fixture keeps it.
public struct PeerCall: Sendable {
    public struct Segment: Sendable, Hashable, Decodable {
        public let role: String
        /// A physical address.
        public let start: UInt64
        public let memorySize: UInt64
        public let loadedSize: UInt64

        private enum CodingKeys: CodingKey { case role, start, memorySize, loadedSize }

        public init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            role = try fields.decode(String.self, forKey: .role)
            start = try number(fields.decode(String.self, forKey: .start))
            memorySize = try fields.decode(UInt64.self, forKey: .memorySize)
            loadedSize = try fields.decode(UInt64.self, forKey: .loadedSize)
        }
    }

    /// Which segments its digest covered, and how many bytes these were.
    public struct Digest: Sendable, Decodable {
        public let covers: [String]
        public let bytes: UInt64
    }

    /// A member of the list of setup_data.
    public struct SetupData: Sendable {
        public let type: UInt64
        public let length: Int
        /// Nil for random bytes.
        public let data: [UInt8]?
    }

    /// With the program's name, as they were given.
    public let arguments: [String]
    public let entry: UInt64
    public let flags: UInt64
    public let segments: [Segment]
    /// Nil when it was told not to check.
    public let digest: Digest?
    /// What it said it loaded: a `64-bit` or a `32-bit` kernel.
    public let kernel: String
    /// boot_params, 4096 bytes; nil where it was not kept, and so for what follows.
    public let zeroPage: [UInt8]?
    public let commandLine: String?
    /// In the list's order.
    public let setupData: [SetupData]
    /// The EFI runtime map that boot_params points to.
    public let efiRuntimeMap: [UInt8]
    /// To the end of its program headers.
    public let elfcorehdr: [UInt8]?

    public func segment(_ role: String) -> Segment? { segments.first { $0.role == role } }

    init(_ file: FilePath) throws {
        let record = try JSONDecoder().decode(Record.self, from: Data(try fileBytes(file)))
        arguments = record.arguments
        entry = try number(record.entry)
        flags = try number(record.flags)
        segments = record.segments
        digest = record.digest
        kernel = record.kernel
        zeroPage = try record.zeroPage.map(Self.page)
        commandLine = record.commandLine
        setupData = try (record.setupData ?? []).map { SetupData(type: $0.type, length: $0.length, data: try $0.data.map(bytes)) }
        efiRuntimeMap = try bytes(record.efiMemmap ?? "")
        elfcorehdr = try record.elfcorehdr.map(bytes)
    }

    /// 4096 bytes, of which all are zero but those of the runs.
    private static func page(_ runs: [String: String]) throws -> [UInt8] {
        var page = [UInt8](repeating: 0, count: 4096)
        for (offset, digits) in runs {
            let start = Int(try number(offset))
            let run = try bytes(digits)
            guard start + run.count <= page.count else { throw Unreadable() }
            page.replaceSubrange(start..<start + run.count, with: run)
        }
        return page
    }
}

private struct Record: Decodable {
    struct SetupData: Decodable {
        let type: UInt64
        let length: Int
        let data: String?
    }
    let arguments: [String]
    let entry: String
    let flags: String
    let segments: [PeerCall.Segment]
    let digest: PeerCall.Digest?
    let kernel: String
    let zeroPage: [String: String]?
    let commandLine: String?
    let setupData: [SetupData]?
    let efiMemmap: String?
    let elfcorehdr: String?
}

private struct Unreadable: Error {}

private func number(_ text: String) throws -> UInt64 {
    guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else { throw Unreadable() }
    return value
}

private func bytes(_ digits: String) throws -> [UInt8] {
    let digits = Array(digits.utf8)
    guard digits.count % 2 == 0 else { throw Unreadable() }
    return try stride(from: 0, to: digits.count, by: 2).map {
        guard let byte = UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) else { throw Unreadable() }
        return byte
    }
}
