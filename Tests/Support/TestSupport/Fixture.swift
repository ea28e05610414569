import Foundation
import SystemPackage

/// A machine whose /proc and /sys are kept in Tests/Fixtures, with what kexec-tools loaded on it.
public enum Fixture: String, CaseIterable, Sendable {
    case bios = "x86_64-6.12-bios"
    case efi = "x86_64-6.12-efi"

    static let folder = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent().appending("Fixtures")

    private var folder: FilePath { Self.folder.appending(rawValue) }

    /// A call of kexec-tools that was recorded.
    public func peer(_ name: String) throws -> PeerCall { try PeerCall(folder.appending("peer").appending(name)) }

    /// The root of its /proc and /sys.
    public var sysroot: FilePath { folder.appending("sysroot") }

    /// A file below the root.
    public func bytes(_ name: String) throws -> [UInt8] { try fileBytes(sysroot.pushing(FilePath(name))) }

    /// A copy of its /proc and /sys, to be altered.
    public func copy() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["proc", "sys"] {
            try FileManager.default.copyItem(atPath: sysroot.appending(name).string, toPath: folder.file(name).string)
        }
        return folder
    }

    /// The same machine after 256 MiB of memory were plugged in at 4 GiB.
    public func afterDIMM() throws -> TemporaryFolder {
        let machine = try copy()
        try machine.write(fileBytes(folder.appending("proc-iomem-after-dimm")), to: "proc/iomem")
        return machine
    }
}

/// What kexec-tools handed to kexec_load(2).
public struct PeerCall: Sendable {
    public struct Segment: Sendable {
        public let role: String
        public let memory: UInt64
        public let memorySize: UInt64
        public let loadedSize: UInt64
        /// Of the loaded bytes, in hexadecimal.
        public let sha256: String
        /// Nil for those that are not kept.
        public let bytes: [UInt8]?
    }

    public let entry: UInt64
    public let flags: UInt64
    public let segments: [Segment]
    /// What `--append=` was given.
    public let append: String

    public func segment(_ role: String) -> Segment? { segments.first { $0.role == role } }

    private struct Record: Decodable {
        struct Segment: Decodable {
            let bufsz: UInt64
            let mem: String
            let memsz: UInt64
            let sha256: String
            let role: String
            let file: String?
        }
        let entry: String
        let flags: String
        let segments: [Segment]
    }

    public struct Unreadable: Error {}

    init(_ folder: FilePath) throws {
        let record = try JSONDecoder().decode(Record.self, from: Data(try fileBytes(folder.appending("call.json"))))
        func number(_ text: String) throws -> UInt64 {
            guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else { throw Unreadable() }
            return value
        }
        entry = try number(record.entry)
        flags = try number(record.flags)
        segments = try record.segments.map { segment in
            Segment(
                role: segment.role, memory: try number(segment.mem), memorySize: segment.memsz,
                loadedSize: segment.bufsz, sha256: segment.sha256,
                bytes: try segment.file.map { try fileBytes(folder.appending($0)) })
        }
        let prefix = "--append="
        let arguments = String(decoding: try fileBytes(folder.appending("argv")), as: UTF8.self).split(separator: "\n")
        append = String(arguments.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count) ?? "")
    }
}
