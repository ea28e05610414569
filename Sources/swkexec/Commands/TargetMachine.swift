import CommandLineOptions
import CLinux
import LinuxLoad
import Machines

/// The architecture that is planned for.
enum TargetMachine {
    /// As uname -m prints it.
    static var thisMachine: String { unsafe String(cString: clinux_machine()) }

    static func architecture(named name: String?) throws(UsageError) -> any MachineWithOptions {
        let name = name ?? thisMachine
        guard let architecture = Machines.named(name) else {
            let known = Machines.all.map(\.name).joined(separator: ", ")
            throw .badArgument(option: "--arch", value: name, allowed: "an architecture that plans can be made for (\(known))")
        }
        return architecture
    }
}
