import Applier
import CommandLineOptions

/// The options for plans that are not carried out, or not here and now.
extension OptionID {
    static let dryRun = OptionID("dry-run")
    static let format = OptionID("format")
    static let writeSegments = OptionID("write-segments")
    static let sysroot = OptionID("sysroot")
    static let architecture = OptionID("arch")
    static let planFile = OptionID("plan-file")
    static let apply = OptionID("apply")
    static let writeApplier = OptionID("write-applier")
}

enum PlanRows {
    static let rows = [
        OptionRow(.dryRun, "n", in: .withoutLoading, with: planning, help: "do everything but the system call, and print the plan"),
        OptionRow(
            .format, taking: "FORMAT", in: .withoutLoading, with: planning.union([.check, .inspect]), needs: [.dryRun],
            help: "how the plan is printed: table (default), map or json; with check: table, json, prometheus or nagios"),
        OptionRow(
            .writeSegments, taking: "DIR", in: .withoutLoading, with: Set<Action>.loads.union([.apply, .inspect]), by: [.kexecLoad],
            needs: [.dryRun],
            help: "write each segment's loaded bytes to a file in DIR; with inspect: as they are in memory"),
        OptionRow(
            .sysroot, taking: "DIR", in: .withoutLoading, with: planning.union([.status, .statusPanic, .printCrashSize, .check, .inspect]),
            needs: [.dryRun, .planFile], help: "plan for the machine whose /proc and /sys are recorded in DIR (see swkexec snapshot)"),
        OptionRow(
            .architecture, taking: "NAME", in: .withoutLoading,
            with: planning.union([.unload, .unloadPanic, .writeApplier, .check, .inspect]),
            needs: [.dryRun, .planFile],
            taken: [
                .unneeded(
                    .with([.execute, .status, .statusPanic, .printCrashSize]),
                    because: "it names the machine, and whoever runs another machine's program puts it before every action")
            ],
            help: "plan for a machine of this architecture (default: this machine's)"),

        OptionRow(
            .planFile, taking: "FILE", in: .planFiles, with: [.load, .loadPanic, .loadPreserveContext], by: [.kexecLoad],
            help: "with -l, -p: write the plan to FILE instead of loading it, with all bytes, to be loaded later or elsewhere"),
        OptionRow(
            .apply, taking: "FILE", in: .planFiles, with: [.apply],
            help:
                "load the plan in FILE, if this is the machine and the boot that it was made for; --force takes another kernel release, too"
        ),
        OptionRow(
            .writeApplier, taking: "FILE", in: .planFiles, with: [.writeApplier],
            help:
                "write swkexec-apply, the small program that does the same where swkexec does not run; --arch=\(Applier.all.map(\.machine.name).alternatives)"
        ),
    ]

    private static let planning = Set<Action>.loads.union([.loadPanicWithoutKernel, .loadJumpBackHelper, .apply])
}
