import CommandLineOptions
import DeviceTree
import LinuxLoad
import SystemPackage

extension RISCV64 {
    /// Those that other machines have, too: firmware is asked for the console, and caches are on.
    public var optionRows: [OptionRow] { [.deviceTree, .noEFI] }

    /// What the user asks of this machine by the options that it shares with some.
    public struct Options: Sendable {
        /// What is changed for the new kernel (`--dtb`); nil for the machine's own.
        public var deviceTree: DeviceTree?
        /// EFI's tables are handed to the new kernel (not `--noefi`).
        public var handsOverEFI = true
        /// The file of `deviceTree`, before it is opened.
        var treeFile: FilePath?

        /// Nothing is asked for.
        public init() {}

        init(_ parsed: ParsedOptions) {
            treeFile = parsed.deviceTreeFile
            handsOverEFI = !parsed.contains(.noEFI)
        }

        func opened() throws -> Options {
            var opened = self
            if let treeFile { opened.deviceTree = try DeviceTree(reading: treeFile) }
            return opened
        }
    }
}
