/// How far the kernel keeps root from changing it (Documentation/admin-guide/LSM,
/// security/lockdown): from `integrity` on, only signed kernels are loaded.
public enum Lockdown: String, Sendable {
    /// No restriction.
    case none
    /// Root cannot change the running kernel.
    case integrity
    /// Nor read what it keeps to itself.
    case confidentiality

    /// "none [integrity] confidentiality": what is in brackets is in force.
    public static func read(_ root: SystemRoot) -> Reading<Lockdown> {
        .read("sys/kernel/security/lockdown", in: root) { name throws(HostStateError) in
            guard let text = try root.line(name) else { return nil }
            let inForce = text.split(separator: " ").first { $0.hasPrefix("[") && $0.hasSuffix("]") }
            guard let inForce, let level = Lockdown(rawValue: String(inForce.dropFirst().dropLast())) else {
                throw .garbled(
                    root.file(name), line: 1, found: text, allowed: "'[none] integrity confidentiality' with one of them in brackets")
            }
            return level
        }
    }
}
