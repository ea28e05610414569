import CLinux
import LoadPlan

/// The architecture that is planned for.
enum TargetMachine {
    static func architecture(named name: String?) throws(UsageError) -> any TargetArchitecture {
        let name = unsafe name ?? String(cString: clinux_machine())
        guard let architecture = Architectures.named(name) else {
            let known = Architectures.all.map(\.name).joined(separator: ", ")
            throw .badArgument(option: "--arch", value: name, allowed: "an architecture that plans can be made for (\(known))")
        }
        return architecture
    }
}
