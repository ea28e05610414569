import CommandLineOptions
import CLinux
import Glibc
import KexecSystem

unsafe clinux_report_bus_error("swkexec: a file was cut short while it was being read; nothing was loaded\n")
let status: Int32
// Everything that goes wrong ends here: one line on standard error, exit status 1, nothing loaded.
do {
    let parsed = try ParsedOptions()
    let invocation = try Invocation(parsed)
    try parsed.requireSystemRootFolder()
    status = try invocation.run(LinuxSystemCalls())
} catch {
    Terminal.complain("\(error)")
    status = 1
}
exit(status)
