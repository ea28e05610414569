import SystemPackage

/// Device trees of recorded machines, below Tests/Fixtures.
public enum TreeFixture: String, CaseIterable, Sendable {
    /// What kexec-tools handed to the crash kernel, of a tree that it flattened by itself.
    case ppc64Peer = "ppc64le-7.2-kdump/peer/hotplug/fdt.dtb"
    /// What the running kernel was booted with: version 16, by Open Firmware's client interface.
    case ppc64Firmware = "ppc64le-7.2-kdump/sysroot/sys/firmware/fdt"
    /// The running kernel's tree as kexec-tools changed it, with libfdt.
    case aarch64Peer = "aarch64-6.12-kdump/peer/plain/fdt.dtb"
    /// The same on riscv64.
    case riscv64Peer = "riscv64-6.12-kdump/peer/p_plain/fdt.dtb"

    /// The root of the pseries guest, with its /proc/device-tree as files.
    public static let ppc64Root = Fixture.folder.appending("ppc64le-7.2-kdump").appending("sysroot")

    public var path: FilePath { Fixture.folder.pushing(FilePath(rawValue)) }

    public func bytes() throws -> [UInt8] { try fileBytes(path) }
}
