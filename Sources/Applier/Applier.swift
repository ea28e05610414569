/// swkexec-apply (Applier/), built for every machine that it can run on: a static program that loads plan
/// files where there is no Swift.
public struct Applier: Sendable {
    /// As uname -m prints it.
    public let architecture: String
    private let hexadecimal: String

    /// One for each architecture that plans can be made for.
    public static let all = [
        Applier(architecture: "x86_64", hexadecimal: embeddedProgram_x86_64),
        Applier(architecture: "aarch64", hexadecimal: embeddedProgram_aarch64),
        Applier(architecture: "ppc64le", hexadecimal: embeddedProgram_ppc64le),
    ]

    /// Nil for a name that uname -m prints nowhere among these.
    public static func named(_ architecture: String) -> Applier? { all.first { $0.architecture == architecture } }

    /// The ELF file.
    public var program: [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hexadecimal.utf8 {
            // The build writes small letters only.
            let value = digit <= UInt8(ascii: "9") ? digit &- UInt8(ascii: "0") : digit &- UInt8(ascii: "a") &+ 10
            if let upper = high { bytes.append(upper << 4 | value & 15) }
            high = high == nil ? value : nil
        }
        return bytes
    }
}
