import HostState
import KexecSystem
import SystemPackage

extension Invocation {
    /// Does what the command line asks for and gives the exit status. An error that is thrown is for the one line on standard error.
    /// - Parameter machine: the root of the running machine's /proc and /sys; another folder in tests alone
    func run(_ systemCalls: any KexecSystemCalls, machine: FilePath = "/") throws -> Int32 {
        /// What --sysroot names, else the machine itself.
        func root(_ given: FilePath) -> FilePath { given == "/" ? machine : given }
        switch self {
        case .help: return Terminal.write(Help.text) ? 0 : 1
        case .fadumpHelp: return Terminal.write(Help.fadumpText) ? 0 : 1
        case .version: return Terminal.write(Help.version + "\n") ? 0 : 1
        case .completion(let shell): return Terminal.write(Completions.script(for: shell)) ? 0 : 1
        case .fadump(let options): return try FadumpCommand(options: options, systemCalls: systemCalls, root: SystemRoot(machine)).run()
        case .status(let purpose, let given, let usesFadump, let isVerbose):
            return StatusCommand.run(purpose, root: root(given), usesFadump: usesFadump, isVerbose: isVerbose)
        case .printCrashSize(let given): return try CrashSizeCommand.run(root: root(given))
        case .snapshot(let folder):
            try Snapshot.write(from: SystemRoot(machine), to: folder)
            return 0
        case .check(var options):
            options.root = root(options.root)
            return CheckCommand(options: options).run()
        case .inspect(var options):
            options.root = root(options.root)
            return InspectCommand(options: options).run()
        case .unload(let purpose, let syscall, let usesFadump, let architecture):
            try UnloadCommand(
                purpose: purpose, syscall: syscall, usesFadump: usesFadump, architecture: architecture, systemCalls: systemCalls,
                root: SystemRoot(machine)
            ).run()
            return 0
        case .execute(let options):
            try ExecuteCommand(options: options, systemCalls: systemCalls).run(Reboot(systemCalls, root: SystemRoot(machine)))
            return 0
        case .loadJumpBack(var options):
            options.root = root(options.root)
            return try JumpBackCommand(options: options, systemCalls: systemCalls).run()
        case .load(var options):
            options.root = root(options.root)
            return try LoadCommand(options: options, systemCalls: systemCalls).run()
        case .loadWithoutKernel(var options):
            options.root = root(options.root)
            return try FadumpLoadCommand(options: options, systemCalls: systemCalls).runWithoutKernel()
        case .apply(var options):
            options.root = root(options.root)
            return try ApplyCommand(options: options, systemCalls: systemCalls).run()
        case .writeApplier(let file, let architecture):
            try WriteApplierCommand(file: file, architecture: architecture).run()
            return 0
        }
    }
}
