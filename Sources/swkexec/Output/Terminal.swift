import ByteStorage
import CLinux
import SystemPackage

/// Where the program speaks.
enum Terminal {
    /// How much a line matters: the numbers of syslog(3), which a journal takes in front of a line (sd-daemon(3)).
    enum Priority: Int {
        case error = 3
        case warning = 4
        case info = 6
    }

    /// Whether standard error is the journal of systemd: it has the program's name and a priority for each line.
    static let isJournal = clinux_is_journal(FileDescriptor.standardError.rawValue) != 0

    /// The same of standard output.
    static let isOutputJournal = clinux_is_journal(FileDescriptor.standardOutput.rawValue) != 0

    /// Writes text to standard output; false when that fails.
    static func write(_ text: String, to descriptor: FileDescriptor = .standardOutput) -> Bool {
        (try? descriptor.writeAll(text.utf8)) != nil
    }

    /// One line on standard output, whatever the text holds; false when that fails.
    static func say(_ line: String) -> Bool { write(line.printable + "\n") }

    /// One line on standard error, `swkexec: …`, whatever the text holds.
    static func complain(_ message: String, _ priority: Priority = .error) {
        _ = write(line(message, priority, inJournal: isJournal), to: .standardError)
    }

    /// A complaint that changes nothing of what is done.
    static func warn(_ message: String) { complain("warning: \(message)", .warning) }

    /// A line for the journal alone: on a terminal nobody asks what went well.
    static func record(_ message: String) {
        if isJournal { complain(message, .info) }
    }

    /// As it is written.
    static func line(_ message: String, _ priority: Priority, inJournal: Bool) -> String {
        let text = message.split(separator: "\n").joined(separator: " ").printable
        return (inJournal ? "<\(priority.rawValue)>" : "swkexec: ") + text + "\n"
    }

    /// Columns of the terminal on standard output; 80 where it is none.
    static var width: Int {
        let width = Int(clinux_terminal_width())
        return width > 0 ? width : 80
    }
}
