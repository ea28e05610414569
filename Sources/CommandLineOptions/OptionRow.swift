/// An option of the command, whatever its spellings: its first long name.
public struct OptionID: Hashable, Sendable {
    /// The first long name, without the dashes.
    public let name: String

    /// The option of that long name.
    public init(_ name: String) { self.name = name }

    /// As it is written.
    public var spelling: String { "--\(name)" }
}

/// The call that a load is made by; the raw value is what messages call it.
public enum LoadCall: String, Hashable, CaseIterable, Sendable {
    /// Segments are laid out here.
    case kexecLoad = "kexec_load (-c)"
    /// The kernel lays them out.
    case kexecFileLoad = "kexec_file_load (-s)"
}

/// The parts of the help.
public enum OptionGroup: String, CaseIterable, Sendable {
    case actions = "Actions"
    case contents = "What is loaded"
    case kinds = "Kinds of kernels"
    case manner = "How it is loaded"
    case start = "How it is started"
    case withoutLoading = "Without loading"
    case planFiles = "Plans in files"
    case fadump = "Options"
}

/// One row of the table that parses the command line, checks it and prints the help: an option, and with which actions
/// and calls it means something. On which machines it does, the tables that hold the row say.
public struct OptionRow: Sendable {
    /// A place where the option does nothing and is taken all the same.
    public struct Taken: Sendable {
        /// Where that is.
        public enum Place: Sendable {
            /// With one of these actions.
            case with(Set<Action>)
            /// With a load by this call.
            case by(LoadCall)
            /// On a machine that does not have the option.
            case onOtherMachines
        }

        /// Where it is taken.
        public let place: Place
        /// Whether the user is told that it is not used: not where what it asks for is so anyway.
        public let isReported: Bool
        /// Why, for whoever reads the table: which callers pass it.
        public let reason: String

        /// What the option asks for is not done, and a warning says so.
        public static func unused(_ place: Place, because reason: String) -> Taken {
            Taken(place: place, isReported: true, reason: reason)
        }

        /// What the option asks for is so without it.
        public static func unneeded(_ place: Place, because reason: String) -> Taken {
            Taken(place: place, isReported: false, reason: reason)
        }

        /// Callers of kexec-tools put these options in front of every load, by whichever call.
        public static let byKexecFileLoad = unused(.by(.kexecFileLoad), because: "kexec-tools takes it there, does nothing and loads")
    }

    /// What the rest of the program calls it.
    public let id: OptionID
    /// Its letter; nil for an option without one.
    public let short: Character?
    /// The first is the one that messages use.
    public let long: [String]
    /// What the option's argument is called; nil for an option without one.
    public let argument: String?
    /// Whether each is used where it is given several times, in their order. Any other option has one argument.
    public let isList: Bool
    /// Where the help has it.
    public let group: OptionGroup
    /// What the help says of it: one line, without a full stop.
    public let help: String
    /// What it means something with.
    public let actions: Set<Action>
    /// Of a load: the calls that can do what it asks for.
    public let calls: Set<LoadCall>
    /// One of these has to stand beside it, as far as they mean something with the action themselves.
    public let needs: [OptionID]
    /// Where it does nothing and is taken all the same.
    public let taken: [Taken]
    /// Why it cannot be had anywhere; nil for all options but those that are here to say so.
    public let refusal: String?

    /// Means something with every call and alone, unless said otherwise.
    public init(
        _ id: OptionID, _ short: Character? = nil, or aliases: [String] = [], taking argument: String? = nil, isList: Bool = false,
        in group: OptionGroup,
        with actions: Set<Action>, by calls: Set<LoadCall> = Set(LoadCall.allCases), needs: [OptionID] = [], taken: [Taken] = [],
        refusal: String? = nil, help: String
    ) {
        self.id = id
        self.short = short
        long = [id.name] + aliases
        self.argument = argument
        self.isList = isList
        self.group = group
        self.help = help
        self.actions = actions
        self.calls = calls
        self.needs = needs
        self.taken = taken
        self.refusal = refusal
    }

    /// As messages call it: letters of kexec-tools are better known than long names, but nobody looks for -n who
    /// wrote --dry-run.
    public var name: String { group == .withoutLoading ? id.spelling : short.map { "-\($0)" } ?? id.spelling }

    /// Only kexec_load(2) can do what it asks for.
    public var needsKexecLoad: Bool { calls == [.kexecLoad] }
}
