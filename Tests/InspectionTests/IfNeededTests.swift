import ByteStorage
import CommandLineOptions
import Foundation
import HostState
import LoadPlan
import PhysicalMemory
import RecordedCalls
import SystemPackage
import TestSupport
import Testing
import X86_64

@testable import swkexec

/// `-p --if-needed` on a machine on which something is loaded: what makes it load, and what does not.
struct IfNeededTests {
    private let folder: TemporaryFolder

    /// With a kernel, an initrd, and nothing loaded.
    init() throws {
        folder = try LoadedMachine.synthetic.write()
        try folder.write(SyntheticBzImage.small().bytes, to: "vmlinuz")
        try folder.write(initrd(7), to: "initrd")
        try folder.write("0\n", to: "sys/kernel/kexec_crash_loaded")
    }

    private func initrd(_ factor: Int) -> [UInt8] { (0..<70_001).map { UInt8(truncatingIfNeeded: $0 &* factor) } }

    /// Options in one letter or with their argument, as a parser splits them.
    private func options(_ words: [String], append: String = "quiet") throws -> LoadOptions {
        var parsed: [(id: OptionID, argument: Word?)] = [
            (.loadPanic, nil), (.ifNeeded, nil), (.initrd, Word(Array(folder.file("initrd").string.utf8))),
            (.commandLine, Word(Array(append.utf8))),
        ]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map { Array($0.utf8) }
            parsed.append((OptionID(String(decoding: parts[0], as: UTF8.self)), parts.count > 1 ? Word(parts[1]) : nil))
        }
        let line = ParsedOptions(parsed, words: [Word(Array(folder.file("vmlinuz").string.utf8))], table: OptionTable.command)
        guard case .load(var options) = try Invocation(line) else { throw UsageError.conflict("not a load") }
        options.root = folder.path
        // The tests are of x86_64, wherever they run.
        options.machine = try X86_64().configured(by: line)
        return options
    }

    /// Loads as the kernel does: with a random seed.
    @discardableResult private func load(_ words: [String] = ["kexec-syscall"]) throws -> LoadedMachine {
        let options = try options(words)
        let host = try HostState.read(SystemRoot(folder.path))
        let request = try LoadRequestReader(options: options, host: host).read()
        return try LoadedMachine(folder, request, on: try options.machine.prepared(for: request, on: host))
    }

    /// Why it would be loaded; nil where it would not.
    private func reason(_ words: [String] = ["kexec-syscall"], append: String = "quiet") throws -> String? {
        let options = try options(words, append: append)
        let host = try HostState.read(SystemRoot(folder.path))
        let request = try LoadRequestReader(options: options, host: host).read()
        let machine = try options.machine.prepared(for: request, on: host)
        switch try LoadNeed(options: options, root: host.root, machine: machine, request: request, host: host).answer() {
        case .needed(let why): return why
        case .unneeded: return nil
        }
    }

    @Test func nothingIsLoaded() throws {
        #expect(try reason() == "no crash image is loaded")
        try folder.remove("sys/kernel/kexec_crash_loaded")
        #expect(try reason() == "no crash image is loaded")
    }

    /// Two loads of the same differ by their random seeds alone.
    @Test(arguments: [["kexec-syscall"], ["kexec-syscall", "no-hotplug"], ["kexec-syscall", "no-checks"], ["kexec-syscall", "hotplug"]])
    func theSameAgain(_ words: [String]) throws {
        try load(words)
        #expect(try reason(words) == nil)
        #expect(try reason(words) == nil)
        // -a takes an image by either call.
        #expect(try reason(Array(words.dropFirst())) == nil || words.count > 1)
    }

    @Test func aSeedThatIsGivenCounts() throws {
        try load()
        #expect(try reason(["kexec-syscall", "rng-seed=\(String(repeating: "0f", count: 32))"]) == "not as loaded: setupData")
    }

    @Test func otherFiles() throws {
        try load()
        try folder.write(initrd(9), to: "initrd")
        #expect(try reason() == "not as loaded: initrd")
        try folder.write(initrd(7) + [1], to: "initrd")
        #expect(try reason() == "not as loaded: initrd")
        try folder.write(initrd(7), to: "initrd")
        #expect(try reason() == nil)
        #expect(try reason(append: "quiet nr_cpus=1") == "not as loaded: command line")
        var kernel = SyntheticBzImage.small().bytes
        kernel[kernel.count - 1] ^= 1
        try folder.write(kernel, to: "vmlinuz")
        #expect(try reason(append: "loud") == "not as loaded: kernel, command line")
    }

    @Test func otherOptions() throws {
        try load()
        #expect(try reason(["kexec-syscall", "no-hotplug"]) == "not as loaded: hotplug")
        #expect(try reason(["kexec-syscall", "no-checks"]) == "not as loaded: check")
        #expect(try reason(["kexec-syscall", "on-mismatch=reset"]) == "not as loaded: check")
        #expect(try reason(["kexec-syscall", "serial=ttyS1"]) == "not as loaded: purgatory")
        #expect(try reason(["kexec-syscall", "mem-max=0x6e6fffff"])?.hasPrefix("not as loaded: ") == true)
        #expect(try reason(["kexec-file-syscall"]) == "the loaded image is one by kexec_load")
    }

    @Test func damage() throws {
        let machine = try load()
        try machine.flip(try machine.segment(.kernel).memory.start + 99)
        #expect(try reason()?.hasSuffix("is not what was loaded: the crash kernel will not start") == true)
    }

    /// Memory comes. The kernel rewrites the elfcorehdr, and then nothing is needed.
    @Test func hotplug() throws {
        let machine = try load(["kexec-syscall", "hotplug"])
        let before = String(decoding: try folder.read("proc/iomem"), as: UTF8.self)
        try folder.write(before + "100000000-10fffffff : System RAM\n", to: "proc/iomem")
        #expect(try reason(["kexec-syscall", "hotplug"])?.contains("is missing from the elfcorehdr") == true)
        let options = try options(["kexec-syscall", "hotplug"])
        let host = try HostState.read(SystemRoot(folder.path))
        let request = try LoadRequestReader(options: options, host: host).read()
        let plan = try Planner.plan(request, on: host, for: try options.machine.prepared(for: request, on: host))
        let header = try #require(plan.segment(.elfcorehdr))
        #expect(header.contents.count > (try machine.segment(.elfcorehdr).contents.count))
        try machine.write(array(header.contents), at: header.memory.start)
        #expect(try reason(["kexec-syscall", "hotplug"]) == nil)
    }

    @Test func whatCannotBeToldIsLoaded() throws {
        try load()
        try folder.remove("proc/kcore")
        #expect(try reason()?.hasPrefix("what is loaded cannot be told: ") == true)
    }

    // MARK: - Images of the kernel's own

    /// An elfcorehdr, and something else that nobody lists.
    private func loadByTheKernel() throws -> LoadedMachine {
        let machine = try load()
        let region = LoadedMachine.region
        try machine.write([UInt8](repeating: 0, count: Int(region.last - region.start) + 1), at: PhysicalAddress(region.start))
        let header = try machine.segment(.elfcorehdr)
        try machine.write(array(header.contents), at: header.memory.start)
        try machine.write(initrd(3), at: PhysicalAddress(region.start))
        return machine
    }

    private func remember() throws {
        let options = try options([])
        let host = try HostState.read(SystemRoot(folder.path))
        let request = try LoadRequestReader(options: options, host: host).read()
        let plan = try FileLoadPlan(request, on: host, for: options.machine, extraFlags: options.fileFlags)
        let image = try LoadedImage(host.root, architecture: "x86_64")
        try RememberedLoad(plan, memory: image.regionDigest()).write(host.root)
    }

    @Test func aLoadByFilesIsRemembered() throws {
        let machine = try loadByTheKernel()
        #expect(try reason([]) == "which files the loaded image was made of is not known")
        try remember()
        for words in [[], ["kexec-file-syscall"]] { #expect(try reason(words) == nil) }
        #expect(try reason(["kexec-syscall"]) == "the loaded image is not one of swkexec by kexec_load")
        #expect(try reason(["mem-min=0x1000"]) == "the loaded image is not one of swkexec by kexec_load")
        #expect(try reason([], append: "loud") == "not as loaded: command line")
        try folder.write(initrd(9), to: "initrd")
        #expect(try reason([]) == "not as loaded: initrd")
        try folder.write(initrd(7), to: "initrd")
        // p_align of a note: the kernel rewrites the header as it likes.
        try machine.flip(try machine.segment(.elfcorehdr).memory.start + 64 + 48)
        #expect(try reason([]) == nil)
        try machine.flip(PhysicalAddress(LoadedMachine.region.start) + 5)
        #expect(try reason([]) == "not as loaded: memory")
    }

    @Test(arguments: ["", "garbage\n", "swkexec crash image 1\n", "swkexec crash image 1\nkernel\n:\n: \n", "\u{0}\u{1}\u{2}"])
    func aFileThatWasWrittenOver(_ text: String) throws {
        _ = try loadByTheKernel()
        try remember()
        #expect(try reason([]) == nil)
        try folder.write(text, to: RememberedLoad.name)
        #expect(try reason([]) != nil)
        try folder.write([UInt8](repeating: 0x61, count: 5000), to: RememberedLoad.name)
        #expect(try reason([])?.contains("run/swkexec/crash-image") == true)
    }

    // MARK: - The command

    @Test func theCommandLoadsOnceAndSaysSo() throws {
        let recorder = RecordingSystemCalls()
        func run() throws -> Int32 { try Invocation.load(try options(["kexec-syscall"])).run(recorder, machine: folder.path) }
        #expect(try run() == 0)
        #expect(recorder.all.map(\.name) == ["kexec_load"])
        try load()
        #expect(try run() == 0)
        #expect(recorder.all.map(\.name) == ["kexec_load"])
        try folder.write(initrd(9), to: "initrd")
        #expect(try run() == 0)
        #expect(recorder.all.map(\.name) == ["kexec_load", "kexec_load"])
    }

    /// A kernel that is gone is an error, and what is loaded stays.
    @Test func aMissingFile() throws {
        try load()
        try folder.remove("initrd")
        let recorder = RecordingSystemCalls()
        #expect(throws: (any Error).self) { try Invocation.load(try options(["kexec-syscall"])).run(recorder, machine: folder.path) }
        #expect(recorder.all.isEmpty)
    }
}
