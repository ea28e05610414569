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
    public func peer(_ name: String) throws -> PeerCall { try PeerCall(folder.appending("peer").appending("\(name).json")) }

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
        let ranges = folder.appending("sys-firmware-memmap-after-dimm")
        for name in try FileManager.default.contentsOfDirectory(atPath: ranges.string) {
            try FileManager.default.copyItem(
                atPath: ranges.appending(name).string, toPath: machine.file("sys/firmware/memmap/\(name)").string)
        }
        return machine
    }
}
