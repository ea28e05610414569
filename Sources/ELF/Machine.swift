import BinaryLayout

/// A machine that swkexec loads kernels on. This is the one table of their names and numbers: for the planner, for purgatory and
/// swkexec-apply, and for the tool that builds these two.
public struct Machine: Hashable, Sendable {
    /// As uname -m prints it. The folders of Purgatory/ are named so, and Applier/system_NAME.h.
    public let name: String
    /// e_machine of its ELF files.
    public let elfMachine: UInt16
    /// Of its kernels and of everything that they are handed.
    public let byteOrder: ByteOrder
    /// What LLVM calls it: the first part of a target triple.
    public let llvmName: String

    /// PCs of 64 bits.
    public static let x86_64 = Machine(
        name: "x86_64", elfMachine: ELFMachine.x86_64, byteOrder: .littleEndian, llvmName: "x86_64")
    /// Little-endian POWER, pseries and PowerNV.
    public static let ppc64le = Machine(
        name: "ppc64le", elfMachine: ELFMachine.ppc64, byteOrder: .littleEndian, llvmName: "powerpc64le")
    /// Little-endian Arm of 64 bits.
    public static let aarch64 = Machine(
        name: "aarch64", elfMachine: ELFMachine.aarch64, byteOrder: .littleEndian, llvmName: "aarch64")
    /// RISC-V of 64 bits, with supervisor mode.
    public static let riscv64 = Machine(
        name: "riscv64", elfMachine: ELFMachine.riscv, byteOrder: .littleEndian, llvmName: "riscv64")

    /// In the order that messages name them in.
    public static let all: [Machine] = [.x86_64, .ppc64le, .aarch64, .riscv64]

    /// By the name that uname -m prints.
    public static func named(_ name: String) -> Machine? { all.first { $0.name == name } }
}
