import CommandLineOptions
import DeviceTree
import HostState
import LinuxLoad
import LoadPlan
import SystemPackage

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

extension AArch64 {
    /// What the user asks of this machine by the options that only it has, and those that it shares with some.
    public struct Options: Sendable {
        /// What is changed for the new kernel (`--dtb`); nil for the machine's own.
        public var deviceTree: DeviceTree?
        /// EFI's tables are handed to the new kernel (not `--noefi`).
        public var handsOverEFI = true
        /// Purgatory switches the caches on for the check: the kernel leaves them off (not `--purgatory-cache=off`).
        public var purgatoryUsesCaches = true
        /// Where purgatory reports (`--serial`): a terminal of the running kernel, or what `earlycon=` takes.
        public var serialName: String?
        /// What the running kernel knows under `serialName`; nil where it is no port.
        public var serialDevice: SerialDevice?
        /// The file of `deviceTree`, before it is opened.
        var treeFile: FilePath?

        /// Nothing is asked for.
        public init() {}

        init(_ parsed: ParsedOptions) throws(UsageError) {
            treeFile = parsed.deviceTreeFile
            handsOverEFI = !parsed.contains(.noEFI)
            purgatoryUsesCaches = try parsed.value(.purgatoryCache, allowed: "on or off") { ["on": true, "off": false][$0] } ?? true
            serialName = parsed.argument(.serial)?.text
        }

        func opened(on host: HostState) throws -> Options {
            var opened = self
            if let treeFile { opened.deviceTree = try DeviceTree(reading: treeFile) }
            if let serialName { opened.serialDevice = try SerialDevice.read(host.root, named: serialName) }
            return opened
        }
    }
}
