import SystemPackage

/// What the running kernel holds for the next one beside the image, and where that shows. Its own loader, kexec_file_load(2), hands it
/// on; segments that somebody else made do not.
public struct HandoverState: Sendable {
    /// Kexec HandOver is on: memory that subsystems have preserved (Documentation/admin-guide/mm/kho.rst).
    public let kho: FilePath?
    /// The Live Update Orchestrator is on: files and devices that go on after the reboot (Documentation/core-api/liveupdate.rst).
    public let liveUpdate: FilePath?
    /// Volume keys were named for the capture kernel, which opens an encrypted disk with them (kernel/crash_dump_dm_crypt.c).
    public let volumeKeys: FilePath?
    /// IMA's log holds measurements beyond the first, which a kernel with CONFIG_IMA_KEXEC hands on.
    public let imaLog: FilePath?

    /// The keys' folder in configfs.
    public static let volumeKeysFolder = "sys/kernel/config/crash_dm_crypt_keys"
    static let volumeKeyCountName = "\(volumeKeysFolder)/count"
    static let measurementCountName = "sys/kernel/security/ima/runtime_measurements_count"
    /// What is preserved, in debugfs, which only few machines mount.
    static let khoFolder = "sys/kernel/debug/kho/out"
    /// The misc device of the orchestrator. The device itself is not touched: opening it has effects.
    static let liveUpdateFolder = "sys/class/misc/liveupdate"

    /// Looks at the files. What is not shown, or shown to root alone, is not there: loading is for root alone, too.
    public static func read(_ root: SystemRoot) throws(HostStateError) -> HandoverState {
        let files = KexecFiles(root)
        let line = try files.commandLine.get() ?? []
        // An older kernel, started by an entry for a newer one, passes the parameter to init.
        let release = (try? HostIdentity.read(root))?.release
        func isKnown(since first: KernelRelease) -> Bool { release.map { $0 >= first } ?? true }
        return HandoverState(
            kho: isKnown(since: KernelRelease(major: 6, minor: 16)) && switched("kho", on: line) ?? isThere(khoFolder, root)
                ? shown("kho", line, khoFolder, files) : nil,
            liveUpdate: isKnown(since: KernelRelease(major: 6, minor: 19))
                && switched("liveupdate", on: line) ?? isThere(liveUpdateFolder, root)
                ? shown("liveupdate", line, liveUpdateFolder, files) : nil,
            volumeKeys: number(volumeKeyCountName, root) > 0 ? root.file(volumeKeyCountName) : nil,
            imaLog: number(measurementCountName, root) > 1 ? root.file(measurementCountName) : nil)
    }

    /// Of the folders whose being there is all that counts, those that are.
    static func shownFolders(_ root: SystemRoot) -> [String] { [khoFolder, liveUpdateFolder].filter { isThere($0, root) } }

    private static func isThere(_ folder: String, _ root: SystemRoot) -> Bool { (try? root.names(in: folder)) ?? nil != nil }

    private static func number(_ name: String, _ root: SystemRoot) -> UInt64 { (try? root.number(name)) ?? nil ?? 0 }

    private static func shown(_ name: String, _ line: [UInt8], _ folder: String, _ files: KexecFiles) -> FilePath {
        switched(name, on: line) == nil ? files.root.file(folder) : files.commandLine.file
    }

    /// What the last `NAME=…` of the command line says, as kstrtobool() reads it; nil where it says nothing.
    private static func switched(_ name: String, on line: [UInt8]) -> Bool? {
        let prefix = Array("\(name)=".utf8)
        let words = line.split { $0 == 0x20 || $0 == 0x09 }.prefix { !$0.elementsEqual("--".utf8) }
        return words.filter { $0.starts(with: prefix) }.compactMap { word -> Bool? in
            let value = String(decoding: word.dropFirst(prefix.count), as: UTF8.self).lowercased()
            if value.hasPrefix("on") || ["y", "1", "t"].contains(value.prefix(1)) { return true }
            return value.hasPrefix("of") || ["n", "0", "f"].contains(value.prefix(1)) ? false : nil
        }.last
    }
}
