import Foundation
import SystemPackage

/// A whole cycle of firmware-assisted dump on a little-endian pseries guest: what the first kernel
/// showed when it was registered, what lay in memory, and what the capture kernel showed. Of all but
/// the first only memory, regions and the bytes reserved are kept.
public enum FadumpFixture: String, CaseIterable, Sendable {
    case plain = "ppc64le-7.2-fadump"
    /// 1 GiB was plugged in after the registration, and nothing was registered anew.
    case hotAdd = "ppc64le-7.2-fadump-hot-add"
    /// Memory in three nodes, the second of them wholly inside the reserved area.
    case numa = "ppc64le-7.2-fadump-numa"

    public enum Kernel: String, CaseIterable, Sendable {
        case first = "first-kernel"
        case capture = "capture-kernel"
    }

    private static let folder = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent().appending("Fixtures")

    private var folder: FilePath { Self.folder.appending(rawValue) }

    /// The root of a kernel's /proc and /sys.
    public func sysroot(_ kernel: Kernel) -> FilePath { folder.appending(kernel.rawValue).appending("sysroot") }

    /// The path of a file beside the roots.
    public func file(_ name: String) -> FilePath { folder.appending(name) }

    public func bytes(_ name: String) throws -> [UInt8] { try fileBytes(file(name)) }

    /// A file of /proc or /sys.
    public func bytes(_ kernel: Kernel, _ name: String) throws -> [UInt8] { try fileBytes(sysroot(kernel).pushing(FilePath(name))) }

    /// A copy of a kernel's /proc and /sys, to be altered.
    public func copy(_ kernel: Kernel) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["proc", "sys"] {
            try FileManager.default.copyItem(atPath: sysroot(kernel).appending(name).string, toPath: folder.file(name).string)
        }
        return folder
    }
}
