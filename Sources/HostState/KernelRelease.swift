/// The running kernel's version, as far as a loader has to know it.
public struct KernelRelease: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first number, 6 of 6.12.
    public let major: Int
    /// The second number, 12 of 6.12.
    public let minor: Int

    /// A version that is known, as those in which the kernel changed.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// From /proc/version ("Linux version 6.12.107+deb13-cloud-amd64 (…") or a bare release.
    /// Nil when there is no "number.number" in the third word or at the start.
    public init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3)
        let release = text.hasPrefix("Linux version ") && words.count > 2 ? words[2] : words.first ?? ""
        let parts = release.split(separator: ".", maxSplits: 2)
        guard parts.count >= 2, parts[0].allSatisfy(\.isNumber), let major = Int(parts[0]),
            let minor = Int(parts[1].prefix { $0.isASCII && $0.isNumber })
        else { return nil }
        self.init(major: major, minor: minor)
    }

    public static func < (a: KernelRelease, b: KernelRelease) -> Bool { (a.major, a.minor) < (b.major, b.minor) }

    public var description: String { "\(major).\(minor)" }
}
