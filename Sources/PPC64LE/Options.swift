import CommandLineOptions
import DeviceTree
import LinuxLoad
import SystemPackage

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

extension PPC64LE {
    /// What the user asks of this machine by the options that only it has, and those that it shares with some.
    public struct Options: Sendable {
        /// What is changed for the new kernel (`--dtb`); nil for the machine's own.
        public var deviceTree: DeviceTree?
        /// A command line without `root=` gets the running kernel's (not `--dt-no-old-root`).
        public var takesOldRoot = true
        /// The file of `deviceTree`, before it is opened.
        var treeFile: FilePath?

        /// Nothing is asked for.
        public init() {}

        init(_ parsed: ParsedOptions) {
            treeFile = parsed.deviceTreeFile
            takesOldRoot = !parsed.contains(.noOldRoot)
        }

        func opened() throws -> Options {
            var opened = self
            if let treeFile { opened.deviceTree = try DeviceTree(reading: treeFile) }
            return opened
        }
    }
}
