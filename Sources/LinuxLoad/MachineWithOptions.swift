import CommandLineOptions
import LoadPlan

/// A machine that takes options of the command line. The planner knows the machine, and no command line.
public protocol MachineWithOptions: TargetArchitecture {
    /// The options that not every machine has; one that several have stands at each.
    var optionRows: [OptionRow] { get }

    /// The machine as its own options ask for it; nothing is read yet. Throws where an argument is not allowed.
    /// - Parameter options: the command line of a load; only what `optionRows` has is looked at
    func configured(by options: ParsedOptions) throws(UsageError) -> Self
}
