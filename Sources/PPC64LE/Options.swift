import CommandLineOptions
import LinuxLoad

/// The options that only ppc64le has.
extension OptionID {
    /// Whether a command line without root= gets the running kernel's.
    public static let noOldRoot = OptionID("dt-no-old-root")
}

extension PPC64LE {
    /// With those that other machines have, too.
    public var optionRows: [OptionRow] {
        [
            .deviceTree,
            // kexec_file_load(2) adds no root= either: Fedora's kdump passes this and -s.
            OptionRow(
                .noOldRoot, in: .contents, with: .loads, help: "a command line without root= does not get the running kernel's"),
        ]
    }
}
