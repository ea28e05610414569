import AArch64
import LinuxLoad
import PPC64LE
import RISCV64
import X86_64

/// The machines that plans can be made for, on any machine.
public enum Machines {
    /// In the order that messages name them in.
    public static let all: [any MachineWithOptions] = [X86_64(), PPC64LE(), AArch64(), RISCV64()]

    /// By the name that uname -m prints; nil for any other machine.
    public static func named(_ name: String) -> (any MachineWithOptions)? { all.first { $0.name == name } }
}
