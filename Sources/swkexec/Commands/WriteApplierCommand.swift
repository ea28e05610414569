import CommandLineOptions
import Applier
import ByteStorage
import SystemPackage

/// `swkexec --write-applier=FILE --arch=NAME`: writes swkexec-apply out.
struct WriteApplierCommand {
    let file: FilePath
    let architecture: String?

    func run() throws {
        let name = architecture ?? TargetMachine.thisMachine
        guard let applier = Applier.named(name) else {
            let known = Applier.all.map(\.machine.name).joined(separator: ", ")
            throw UsageError.badArgument(
                option: "--arch", value: name, allowed: "an architecture that swkexec-apply is built for (\(known))")
        }
        try AtomicFile.write(
            [Bytes(applier.program)], to: file,
            permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
    }
}
