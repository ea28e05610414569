import Foundation
import SystemPackage

/// A machine of a public report, or one that a kernel's source allows: a recorded machine with what is different there laid over it
/// (Tests/Fixtures/cases). Its raw value is its folder.
public enum ReportedCase: String, CaseIterable, Sendable {
    case driverManagedRAM = "x86_64/01-reboot-image-in-driver-managed-ram"
    case softReserved = "x86_64/02-soft-reserved-told-to-capture-kernel"
    case regionAtEightMebibytes = "x86_64/04-loaded-below-pref_address"
    case unknownE820Type = "x86_64/05-unknown-e820-type"
    case hyperVFramebuffer = "x86_64/06-hyperv-framebuffer"
    case memoryOnCommandLine = "x86_64/07-reuse-cmdline-memmap"
    case xenDomainZero = "x86_64/08-xen-dom0"
    case hashedPageTable = "ppc64le/01-hash-partition-real-mode-area"
    case crashCMA = "ppc64le/02-crash-cma"
    case oneCore = "ppc64le/03-one-core"
    case treeOfTheLastKexec = "aarch64/01-what-the-last-kexec-left-in-the-tree"
    case uartBehindBus = "aarch64/02-uart-behind-ranges"

    private var folder: FilePath { Fixture.folder.appending("cases").pushing(FilePath(rawValue)) }

    /// Its /proc and /sys, to be altered: the recorded machine that `base` names, without the files that `removed` lists, and with
    /// those of `overlay`.
    public func machine() throws -> TemporaryFolder {
        let base = try lines("base")[0]
        let machine = try TemporaryFolder()
        let recorded = Fixture.folder.appending(base).appending("sysroot")
        for name in try FileManager.default.contentsOfDirectory(atPath: recorded.string) {
            try FileManager.default.copyItem(atPath: recorded.appending(name).string, toPath: machine.file(name).string)
        }
        for name in FileManager.default.fileExists(atPath: folder.appending("removed").string) ? try lines("removed") : [] {
            try machine.remove(name)
            let above = FilePath(name).removingLastComponent().string
            if try FileManager.default.contentsOfDirectory(atPath: machine.file(above).string).isEmpty { try machine.remove(above) }
        }
        let overlay = folder.appending("overlay")
        for name in FileManager.default.enumerator(atPath: overlay.string)?.compactMap({ $0 as? String }) ?? [] {
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: overlay.pushing(FilePath(name)).string, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            try machine.write(fileBytes(overlay.pushing(FilePath(name))), to: name)
        }
        return machine
    }

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try fileBytes(folder.appending(name)), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
