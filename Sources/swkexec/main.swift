import CommandLineOptions
import CLinux
import Glibc
import KexecSystem

// Everything that goes wrong ends here: one line on standard error, nothing loaded.
let failure = FailureStatus.of(Array(CommandLine.arguments.dropFirst()))
private let cutShort = Terminal.line(
    "a file was cut short while it was being read; nothing was loaded", .error, inJournal: Terminal.isJournal)
unsafe cutShort.withCString { unsafe clinux_report_bus_error($0, failure) }
let status: Int32
do {
    let parsed = try ParsedOptions()
    let invocation = try Invocation(parsed)
    try parsed.requireSystemRootFolder()
    status = try invocation.run(LinuxSystemCalls())
} catch {
    Terminal.complain("\(error)")
    status = failure
}
exit(status)
