import ByteStorage
import CommandLineOptions
import DeviceTree
import LoadPlan
import SystemPackage

/// Options that several machines have and others have not.
extension OptionID {
    /// x86_64, aarch64 and riscv64.
    public static let noEFI = OptionID("noefi")
    /// x86_64 and aarch64.
    public static let serial = OptionID("serial")
    /// ppc64le, aarch64 and riscv64.
    public static let deviceTree = OptionID("dtb")
}

extension OptionRow {
    /// Of machines with EFI firmware.
    public static let noEFI = OptionRow(
        .noEFI, in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
        help: "do not tell the new kernel of the EFI firmware")

    /// Of machines whose purgatory drives a UART.
    public static let serial = OptionRow(
        .serial, taking: "PORT", in: .manner, with: .loads, by: [.kexecLoad], taken: [.byKexecFileLoad],
        help:
            "where purgatory reports a failed check: ttyS0 to ttyS3 or 0xPORT, on aarch64 ttyAMA0 or pl011,0xADDRESS (default: the serial console that the command line names)"
    )

    /// Of machines whose loader hands on a device tree.
    public static let deviceTree = OptionRow(
        .deviceTree, or: ["devicetreeblob"], taking: "FILE", in: .contents, with: .loads, by: [.kexecLoad],
        taken: [
            .byKexecFileLoad,
            .unused(.onOtherMachines, because: "petitboot passes it on every machine, and kexec-tools loads all the same"),
        ],
        help: "the new kernel's device tree in place of the running one; kernels for x86_64 take none, and it is only warned of")
}

extension ParsedOptions {
    /// The file of `--dtb`; nil without one: petitboot's `--dtb=` asks for nothing.
    public var deviceTreeFile: FilePath? { argument(.deviceTree).flatMap { $0.bytes.isEmpty ? nil : $0.path } }
}

extension DeviceTree {
    /// Reads a flattened tree that the user named. Throws where it is none.
    public init(reading file: FilePath) throws {
        let bytes = try SmallFile.read(file, limit: Self.maximumSize)
        do { try self.init(bytes.span) } catch { throw PlanError.unsuitable("\(file)", "\(error)") }
    }
}
