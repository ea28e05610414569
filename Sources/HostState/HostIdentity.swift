/// By what one machine and one boot differ from another, byte for byte as the files have it. A plan that
/// is carried out later, or elsewhere, compares with it.
public struct HostIdentity: Sendable {
    /// The file of `version`.
    public static let versionName = "proc/version"
    /// The file of `bootID`.
    public static let bootIDName = "proc/sys/kernel/random/boot_id"

    /// /proc/version: "Linux version 6.12.107+deb13-cloud-amd64 (…".
    public let version: [UInt8]?
    /// A random UUID of this boot. A snapshot has none: plans made from it are not for one boot only.
    public let bootID: [UInt8]?
    /// /sys/kernel/vmcoreinfo: where the note with VMCOREINFO is.
    public let vmcoreinfo: [UInt8]?
    /// The ranges of crashkernel=…,cma, and the file that shows them.
    public let crashCMARanges: (path: String, text: [UInt8])?
    /// The list of the CPUs that there may ever be.
    public let possibleCPUs: [UInt8]?

    /// What is missing is nil; throws where a file cannot be read.
    public static func read(_ root: SystemRoot) throws(HostStateError) -> HostIdentity {
        HostIdentity(
            version: try root.read(versionName),
            bootID: try root.read(bootIDName),
            vmcoreinfo: try root.read(HostState.vmcoreinfoName),
            crashCMARanges: try readCrashCMARanges(root),
            possibleCPUs: try root.read(CrashNotes.possibleName))
    }

    private static func readCrashCMARanges(_ root: SystemRoot) throws(HostStateError) -> (path: String, text: [UInt8])? {
        for name in KexecFiles.crashCMARangesNames {
            if let text = try root.read(name) { return (name, text) }
        }
        return nil
    }

    /// The kernel's version; nil where /proc/version is missing or of another form.
    public var release: KernelRelease? { version.flatMap { KernelRelease($0.trimmed.text) } }

    /// "Linux version RELEASE ", what /proc/version begins with on every kernel of that release.
    public var versionUpToRelease: [UInt8]? {
        guard let version else { return nil }
        let words = version.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4 else { return nil }
        return Array(version[..<words[3].startIndex])
    }
}
