import BinaryLayout
import ELF

/// swkexec-apply (Applier/), built for every machine that it can run on: a static program that loads plan
/// files where there is no Swift.
public struct Applier: Sendable {
    /// What it runs on, and loads kernels of.
    public let machine: Machine
    private let text: String

    /// - Parameter text: the ELF file, as purgatory-embed writes it into a source file
    init(machine: Machine, text: String) {
        self.machine = machine
        self.text = text
    }

    /// One for each machine.
    public static let all: [Applier] = [.x86_64, .ppc64le, .aarch64, .riscv64]

    /// By the name that uname -m prints.
    public static func named(_ name: String) -> Applier? { all.first { $0.machine.name == name } }

    /// The ELF file.
    public var program: [UInt8] { [UInt8](embedded: text) }
}
