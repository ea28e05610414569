import ByteStorage
import CommandLineOptions
import SystemPackage

extension ParsedOptions {
    /// `--sysroot`, where it is given, is an error of every command unless it is a folder: all files of the machine would be missing, and
    /// what a command told of it would be of no machine at all.
    func requireSystemRootFolder() throws(UsageError) {
        guard let word = argument(.sysroot) else { return }
        do {
            try FileDescriptor.open(word.path, .readOnly, options: [.directory, .closeOnExec]).close()
        } catch {
            throw .conflict("--sysroot: '\(word.text.printable)' is not a folder that can be read: \(error)")
        }
    }
}
