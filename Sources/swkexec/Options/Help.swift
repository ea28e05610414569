import CommandLineOptions
import HostState

/// The texts of --help and --version, made from the option table.
enum Help {
    static let version = "swkexec 0.1.0"

    static var text: String {
        var text = """
            Usage: swkexec -p [--hotplug] KERNEL [--initrd=FILE] [--append=STRING] [OPTION...]
                   swkexec -p --installed [--if-needed] [--append=STRING] [OPTION...]
                   swkexec [-l | -f] KERNEL [--initrd=FILE] [--append=STRING] [OPTION...]
                   swkexec -p KERNEL ... --dry-run [--format=table|map|json] [--sysroot=DIR]
                   swkexec -p | -l KERNEL ... --plan-file=FILE [--arch=NAME] [--sysroot=DIR]
                   swkexec --apply=FILE [--force] [-n]
                   swkexec --write-applier=FILE [--arch=NAME]
                   swkexec -e | -u | -p -u | -S | --print-ckr-size
                   swkexec check [KERNEL [--initrd=FILE] [--append=STRING]] [--hotplug] [--format=table|json|prometheus|nagios]
                   swkexec inspect [--format=table|map|json] [--write-segments=DIR] [--sysroot=DIR]
                   swkexec fadump status|register|unregister|reload|...   (see swkexec fadump --help)
                   swkexec snapshot DIR
                   swkexec completion bash|zsh|fish

            Loads the kernel that captures the memory of this one when it panics, or one to reboot into.
            With a kernel and no action: load it, then run shutdown.
            """
        for group in OptionTable.command.groups {
            text += "\n\n\(group.title):"
            for row in group.rows { text += "\n" + describe(row, OptionTable.command.machines[row.id]) }
        }
        text += "\n\nswkexec check tells whether a dump would be captured if this machine panicked now: exit status 0 if\n"
        text += "so, 1 if not. With KERNEL also whether that fits; --sysroot and --arch as above."
        text += "\n\nswkexec inspect reads the loaded crash image out of memory: exit status 0 if it is intact and describes the\n"
        text += "machine as it is, 1 if not, 2 if that cannot be told."
        text += "\n\nswkexec snapshot DIR records, for --sysroot on any machine:\n"
        text += Snapshot.contents.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        return text + "\n"
    }

    static var fadumpText: String {
        var text = """
            Usage: swkexec fadump status [--format=table|json] [--sysroot=DIR]
                   swkexec fadump register | unregister | reload | release-memory
                   swkexec fadump append-arguments TEXT
                   swkexec fadump header FILE [--byte-order=little|big] [--pt-regs-size=N] [--cpu-mask-size=N]
                   swkexec fadump elfcorehdr --header=FILE --regions=FILE --memory=FILE --output=FILE
                   swkexec fadump plan --memory=SIZE [--crashkernel=SIZE] [OPTION...]

            Firmware-assisted dump, on PowerPC: the firmware saves the memory of a crashed kernel and boots the
            next one, which shows it as /proc/vmcore.

              status            what the kernel tells of it, and what would happen at a crash now
              register          have the firmware take the dump of a crash
              unregister        have it no more
              reload            register anew, as kernels before 6.10 need it after memory came or went
              release-memory    give the memory of a saved dump back, in the kernel that was started for it
              append-arguments  what the capture kernel's command line gets at its end
              header            a crash info header's fields, and whether a capture kernel takes it
              elfcorehdr        make the elfcorehdr that the capture kernel makes
              plan              what it takes of a machine's memory

            Options:
            """
        for row in OptionTable.fadump.rows { text += "\n" + describe(row, nil) }
        return text + "\n"
    }

    private static let column = 30
    private static let width = 100

    /// - Parameter machines: those that have the option; nil for all
    private static func describe(_ row: OptionRow, _ machines: [String]?) -> String {
        let long = row.long.map { "--\($0)" + (row.argument.map { "=\($0)" } ?? "") }
        let left = "  " + (row.short.map { "-\($0), " } ?? "    ") + long.joined(separator: ", ")
        let lines = wrap((machines.map { $0.joined(separator: ", ") + ": " } ?? "") + row.help, width - column)
        let indent = "\n" + String(repeating: " ", count: column)
        if left.count + 2 > column { return left + lines.map { indent + $0 }.joined() }
        return left + String(repeating: " ", count: column - left.count) + lines.joined(separator: indent)
    }

    private static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
