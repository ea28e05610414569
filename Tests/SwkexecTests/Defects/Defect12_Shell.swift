import Foundation
import TestSupport
import Testing

/// kexec-tools: it runs a shell through system(3). (On arm64 it refuses a kaslr-seed that is not zero,
/// and on ppc64 its room for the device tree leaves out headers and padding: the tests of these
/// architectures' plans are where that is shown.)
@Suite("Defect 12: a shell")
struct Defect12_Shell {
    /// What the program asks of the C library: it becomes shutdown, and starts nothing else.
    @Test(.enabled(if: Tool.readelf.isAvailable)) func noneIsEverStarted() throws {
        let symbols = try Tool.readelf.text(["--dyn-syms", "--wide", Command.program.path])
        let wanted = Set(
            symbols.split(separator: "\n").filter { $0.contains(" UND ") }.compactMap {
                $0.split(separator: " ").dropFirst(7).first?.split(separator: "@").first.map(String.init)
            })
        #expect(wanted.contains("memfd_create"))  // the list is the program's
        #expect(wanted.filter { $0.hasPrefix("exec") || $0.hasPrefix("fexec") }.isSubset(of: ["execv", "execvp"]))
        for starter in ["system", "popen", "fork", "vfork", "clone", "posix_spawn", "posix_spawnp", "wordexp"] {
            #expect(!wanted.contains(starter), "\(starter)")
        }
    }

    /// Names are names, whatever a shell would make of them.
    @Test func namesWithSignsOfAShell() throws {
        let bench = try Bench()
        let mark = bench.folder.file("mark").string
        for name in ["$(touch \(mark))", "; touch \(mark);", "`touch \(mark)`", "a b 'c' \"d\"", "*"].map({
            $0.replacingOccurrences(of: "/", with: ":")
        }) {
            let kernel = try bench.folder.write(SyntheticBzImage.small().bytes, to: name).string
            let initrd = try bench.folder.write("070701", to: "initrd \(name)").string
            let outcome = RecordedCommand.run(
                ["-l", kernel, "--initrd=\(initrd)", "--append=a=$(touch \(mark))"], root: Fixture.bios.sysroot)
            #expect(outcome.fileLoads.first?.commandLine == Array("a=$(touch \(mark))".utf8))
        }
        #expect(!bench.folder.allFiles().contains("mark"))
    }
}
