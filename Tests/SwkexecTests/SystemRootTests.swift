import TestSupport
import Testing

/// `--sysroot=DIR` without such a folder is an error of every command that takes it.
struct SystemRootTests {
    static let commands: [[String]] = [
        ["-p", "vmlinuz", "--dry-run"], ["-l", "vmlinuz", "--dry-run"], ["-f", "vmlinuz", "--dry-run"],
        ["-p", "vmlinuz", "--plan-file=plan"], ["-l", "vmlinuz", "--plan-file=plan"], ["-p", "--dry-run"],
        ["--load-jump-back-helper", "--dry-run"], ["-S"], ["-S", "-l"], ["-S", "-p"], ["--print-ckr-size"],
        ["--apply=plan", "--dry-run"], ["check"], ["check", "vmlinuz"], ["check", "--format=json"], ["fadump", "status"],
        ["fadump", "status", "--format=json"], ["fadump", "plan", "--memory=2G"],
    ]

    @Test(arguments: commands) func noSuchFolder(command: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("a file", to: "file")
        for (root, why) in [
            (folder.file("missing").string, "No such file or directory"), (file.string, "Not a directory"),
            ("", "No such file or directory"),
        ] {
            let result = try Command.run(command + ["--sysroot=\(root)"])
            #expect(result.status == (command.first == "-S" ? 255 : command.first == "check" ? 2 : 1))
            #expect(result.output.isEmpty)
            #expect(result.complaint == "--sysroot: '\(root)' is not a folder that can be read: \(why)")
        }
    }

    /// An empty folder is a machine of which nothing is known, and other complaints, or answers, than that.
    @Test(arguments: commands) func emptyFolder(command: [String]) throws {
        let folder = try TemporaryFolder()
        let result = try Command.run(command + ["--sysroot=\(folder.path)"])
        #expect(!result.errors.contains("--sysroot: "))
    }
}
