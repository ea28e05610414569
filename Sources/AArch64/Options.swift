import CommandLineOptions
import LinuxLoad

/// The options that only aarch64 has.
extension OptionID {
    /// Whether purgatory switches MMU and caches on.
    public static let purgatoryCache = OptionID("purgatory-cache")
}

extension AArch64 {
    /// With those that other machines have, too.
    public var optionRows: [OptionRow] {
        [
            .deviceTree, .noEFI, .serial,
            OptionRow(
                .purgatoryCache, taking: "on|off", in: .manner, with: .loads, by: [.kexecLoad],
                help: "purgatory checks the digest with MMU and caches on (default), or off, as the old kernel leaves them"),
        ]
    }
}
