import ByteStorage
import CLinux
import SystemPackage

/// Where the program speaks.
enum Terminal {
    /// Writes text to standard output; false when that fails.
    static func write(_ text: String, to descriptor: FileDescriptor = .standardOutput) -> Bool {
        (try? descriptor.writeAll(text.utf8)) != nil
    }

    /// One line on standard output, whatever the text holds; false when that fails.
    static func say(_ line: String) -> Bool { write(line.printable + "\n") }

    /// One line on standard error, `swkexec: …`, whatever the text holds.
    static func complain(_ message: String) {
        let line = message.split(separator: "\n").joined(separator: " ")
        _ = write("swkexec: \(line.printable)\n", to: .standardError)
    }

    /// Columns of the terminal on standard output; 80 where it is none.
    static var width: Int {
        let width = Int(clinux_terminal_width())
        return width > 0 ? width : 80
    }
}
