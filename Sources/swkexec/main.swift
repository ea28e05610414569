import CommandLineOptions
import CLinux
import Glibc
import KexecSystem

unsafe clinux_report_bus_error("swkexec: a file was cut short while it was being read; nothing was loaded\n")
let status: Int32
// Everything that goes wrong ends here: one line on standard error, exit status 1, nothing loaded. Of inspect 1 is an answer.
var failure: Int32 = 1
do {
    let parsed = try ParsedOptions()
    if (try? Action(parsed)) == .inspect { failure = InspectCommand.unknown }
    let invocation = try Invocation(parsed)
    try parsed.requireSystemRootFolder()
    status = try invocation.run(LinuxSystemCalls())
} catch {
    Terminal.complain("\(error)")
    status = failure
}
exit(status)
