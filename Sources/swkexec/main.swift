import CLinux
import Glibc
import HostState
import KexecSystem
import SystemPackage

// Everything that goes wrong ends here: one line on standard error, exit status 1, nothing loaded.
func run() throws -> Int32 {
    let systemCalls = LinuxSystemCalls()
    let parsed = try ParsedOptions()
    let invocation = try Invocation(parsed)
    try parsed.requireSystemRootFolder()
    switch invocation {
    case .help: return Terminal.write(Help.text) ? 0 : 1
    case .fadumpHelp: return Terminal.write(Help.fadumpText) ? 0 : 1
    case .version: return Terminal.write(Help.version + "\n") ? 0 : 1
    case .completion(let shell): return Terminal.write(Completions.script(for: shell)) ? 0 : 1
    case .fadump(let options): return try FadumpCommand(options: options, systemCalls: systemCalls).run()
    case .status(let purpose, let root, let usesFadump, let isVerbose):
        return StatusCommand.run(purpose, root: root, usesFadump: usesFadump, isVerbose: isVerbose)
    case .printCrashSize(let root): return try CrashSizeCommand.run(root: root)
    case .snapshot(let folder):
        try Snapshot.write(from: .live, to: folder)
        return 0
    case .check(let options): return CheckCommand(options: options).run()
    case .unload(let purpose, let syscall, let usesFadump, let architecture):
        try UnloadCommand(purpose: purpose, syscall: syscall, usesFadump: usesFadump, architecture: architecture, systemCalls: systemCalls)
            .run()
        return 0
    case .execute(let options):
        try ExecuteCommand(options: options, systemCalls: systemCalls).run(Reboot(systemCalls, root: .live))
        return 0
    case .loadJumpBack(let options): return try JumpBackCommand(options: options, systemCalls: systemCalls).run()
    case .load(let options): return try LoadCommand(options: options, systemCalls: systemCalls).run()
    case .loadWithoutKernel(let options): return try FadumpLoadCommand(options: options, systemCalls: systemCalls).runWithoutKernel()
    case .apply(let options): return try ApplyCommand(options: options, systemCalls: systemCalls).run()
    case .writeApplier(let file, let architecture):
        try WriteApplierCommand(file: file, architecture: architecture).run()
        return 0
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
