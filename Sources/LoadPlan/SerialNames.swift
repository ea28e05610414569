/// What `--serial` can name on an architecture.
public enum SerialNames: Sendable {
    /// A PC's ports, by name or I/O port, whose speed purgatory can set.
    case ioPorts
    /// UARTs with their registers in memory: a terminal of the running kernel, or what `earlycon=` takes.
    case devices
    /// None: the hypervisor prints for purgatory.
    case none
}
