import Glibc
import CLinux
import HostState
import KexecSystem
import SystemPackage


// Everything that goes wrong ends here: one line on standard error, exit status 1, nothing loaded.
func run() throws -> Int32 {
    switch try Invocation(try ParsedOptions()) {
    case .help: return Terminal.write(Help.text) ? 0 : 1
    case .version: return Terminal.write(Help.version + "\n") ? 0 : 1
    case .status(let root, let isVerbose): return StatusCommand.run(root: root, isVerbose: isVerbose)
    case .snapshot(let folder):
        try Snapshot.write(from: .live, to: folder)
        return 0
    case .unload(let crash, let architecture):
        let machine = try TargetMachine.architecture(named: architecture).machine
        try KexecLoader(LinuxSystemCalls(), root: .live).unload(crash: crash, machine: machine)
        return 0
    case .load(let options): return try LoadCommand(options: options).run()
    }
}

unsafe clinux_report_bus_error("swkexec: a file was cut short while it was being read; nothing was loaded\n")
let status: Int32
do {
    status = try run()
} catch {
    Terminal.complain("\(error)")
    status = 1
}
exit(status)
