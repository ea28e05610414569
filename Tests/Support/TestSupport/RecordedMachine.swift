import Foundation
import SystemPackage

/// Machines of other architectures, below Tests/Fixtures, with what kexec-tools loaded on them.
public enum RecordedMachine: String, Sendable {
    case ppc64le = "ppc64le-7.2-kdump"
    case aarch64 = "aarch64-6.12-kdump"
    case riscv64 = "riscv64-6.12-kdump"

    /// As `uname -m` prints it.
    public var architecture: String {
        switch self {
        case .ppc64le: "ppc64le"
        case .aarch64: "aarch64"
        case .riscv64: "riscv64"
        }
    }

    private var folder: FilePath { Fixture.folder.appending(rawValue) }

    /// The root of its /proc and /sys.
    public var sysroot: FilePath { folder.appending("sysroot") }

    /// A call of kexec-tools that was recorded.
    public func peer(_ name: String) throws -> PeerCall { try PeerCall(folder.appending("peer").appending("\(name).json")) }

    public func bytes(_ name: String) throws -> [UInt8] { try fileBytes(folder.pushing(FilePath(name))) }

    /// A copy of its /proc and /sys, to be altered.
    public func copy() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["proc", "sys"] {
            try FileManager.default.copyItem(atPath: sysroot.appending(name).string, toPath: folder.file(name).string)
        }
        return folder
    }
}
