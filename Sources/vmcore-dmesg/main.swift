import ByteStorage
import Glibc
import SystemPackage
import VmcoreLog

let version = "vmcore-dmesg 0.1.0"
let help = """
    Usage: vmcore-dmesg FILE

    Prints the kernel log in FILE: /proc/vmcore, or a copy of it (a 64-bit ELF core).

      -h, --help     print this help
      -v, --version  print the version

    """

/// One line on standard error, whatever the text holds.
func complain(_ message: String) {
    let line = message.split { $0 == "\n" || $0 == "\r\n" }.joined(separator: " ")
    _ = try? FileDescriptor.standardError.writeAll("vmcore-dmesg: \(line.printable)\n".utf8)
}

func write(_ bytes: some Sequence<UInt8>) throws(VmcoreError) {
    do { try FileDescriptor.standardOutput.writeAll(bytes) } catch {
        throw .system(doing: "write standard output", (error as? Errno) ?? .ioError)
    }
}

/// The words of the command line, byte for byte: the name of a file need not be UTF-8.
func words() -> [FilePath] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
        guard let word = unsafe CommandLine.unsafeArgv[index] else { return nil }
        return unsafe FilePath(platformString: word)
    }
}

/// What the words ask for; the exit status.
func run(_ words: [FilePath]) -> Int32 {
    do throws(VmcoreError) {
        let first = words.first?.string ?? ""
        switch first {
        case "--help", "-h": try write(help.utf8)
        case "--version", "-v": try write("\(version)\n".utf8)
        default:
            guard !first.hasPrefix("-") || first == "--" else {
                complain("unknown option '\(first)'; see vmcore-dmesg --help")
                return 1
            }
            let files = first == "--" ? words.dropFirst() : words[...]
            guard files.count == 1, let file = files.first else {
                complain("one file is wanted, \(files.count) are given; see vmcore-dmesg --help")
                return 1
            }
            return printLog(of: file)
        }
        return 0
    } catch {
        complain("\(error)")
        return 1
    }
}

func printLog(of file: FilePath) -> Int32 {
    do throws(VmcoreError) {
        try Vmcore(path: file).writeLog { (bytes) throws(VmcoreError) in try write(bytes) }
        return 0
    } catch {
        complain("\(file): \(error)")
        return 1
    }
}

exit(run(words()))
