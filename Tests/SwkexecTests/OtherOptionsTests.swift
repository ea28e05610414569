import KexecSystem
import SystemPackage
import TestSupport
import Testing

/// Options of kexec-tools that concern no more than a part of a load.
struct OtherOptionsTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func run(_ arguments: [String], on machine: TemporaryFolder? = nil, answers: [Errno?] = []) -> RecordedCommand.Outcome {
        RecordedCommand.run(arguments + [bench.kernel], root: machine?.path ?? Fixture.bios.sysroot, answers: answers)
    }

    // MARK: - --dtb

    /// petitboot passes it, empty too: a warning, and the load goes on as if it were not there.
    @Test(arguments: ["--dtb=", "--dtb=/no/such/file"])
    func aDeviceTree(_ option: String) throws {
        #expect(run(["-l", option]).names == ["kexec_file_load"])
        #expect(run(["-l", option], answers: [.noFunction]).names == ["kexec_file_load", "kexec_load"])
        let result = try Command.run(["-l", option, bench.kernel, "--dry-run", "--sysroot=\(bench.sysroot)", "--append=console=ttyS0"])
        #expect(result.status == 0)
        #expect(result.output.contains("warning       --dtb: only on ppc64le, aarch64 or riscv64, not on x86_64: not used"))
    }

    // MARK: - Core headers

    @Test func coreHeaders() throws {
        let call = try #require(run(["-p", "-c", "--elf64-core-headers"]).loads.first)
        let header = try #require(call.segments.first { $0.contents.withSpan { $0.count > 4 && $0[0] == 0x7f && $0[1] == 0x45 } })
        #expect(header.contents.withSpan { $0[4] } == 2)  // ELFCLASS64
        let small = run(["-p", "--elf32-core-headers"])
        #expect(small.names == [])
        #expect(small.failure?.contains("above 4 GiB") == true)
    }

    // MARK: - --entry

    @Test func enteredPastPurgatory() throws {
        let plain = try #require(run(["-l", "-c"]).loads.first)
        let kernel = try #require(plain.segments.first { $0.memorySize == 0x10_0000 })
        let outcome = run(["-l", "--entry=\(kernel.memory + 0x200)"])
        #expect(outcome.names == ["kexec_load"])
        #expect(outcome.loads.first?.entry == kernel.memory + 0x200)
        #expect(outcome.loads.first?.segments.map(\.memory) == plain.segments.map(\.memory))
        #expect(run(["-l", "-c", "--entry=0"]).loads.first?.entry == plain.entry)
        let result = try Command.run([
            "-l", bench.kernel, "--dry-run", "--sysroot=\(bench.sysroot)", "--append=console=ttyS0", "--entry=\(kernel.memory + 0x200)",
        ])
        #expect(result.output.contains("purgatory, which checks the digest, does not run"))
    }

    @Test(arguments: [
        (["-l", "--entry=0x100000"], "lies in no segment"), (["-p", "--entry=0x1000000"], "lies in no segment"),
        (["-l", "--entry=x"], "--entry: 'x'"),
    ])
    func entriesThatLeadNowhere(_ arguments: [String], _ words: String) {
        let outcome = run(arguments)
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains(words) == true, "\(outcome.failure ?? "loaded")")
    }

    // MARK: - --pass-memmap-cmdline

    /// The map of boot_params once more, in KiB: RAM within its whole KiB, all else around its own.
    @Test func theMemoryMapOnTheCommandLine() throws {
        var machine = SyntheticSysroot()
        machine.iomem = [
            .init(0, 0xfff, "Reserved"), .init(0x1001, 0x9fbfe, "System RAM"), .init(0x9fc00, 0x9ffff, "Reserved"),
            .init(0x10_0000, 0x7ffd_ffff, "System RAM"), .init(0x100_0000, 0x1ff_ffff, "Kernel code", level: 1),
            .init(0x6e00_0000, 0x7dff_ffff, "Crash kernel", level: 1), .init(0x7ffe_0001, 0x7ffe_0fff, "ACPI Tables"),
            .init(0x7ffe_1000, 0x7ffe_1fff, "ACPI Non-volatile Storage"), .init(0x1_0000_0000, 0x1_3fff_ffff, "Persistent Memory"),
        ]
        let outcome = run(["-p", "--no-hotplug", "--pass-memmap-cmdline", "--append=console=ttyS0"], on: try machine.write())
        #expect(outcome.names == ["kexec_load"])
        let loaded = LoadedKernel(call: try #require(outcome.loads.first))
        let words = try loaded.commandLine().split(separator: " ").map(String.init)
        let elfcorehdr = try #require(words.first { $0.hasPrefix("elfcorehdr=0x") }.flatMap { UInt64($0.dropFirst(13), radix: 16) })
        #expect(elfcorehdr + 0x4000 == 0x7e00_0000)  // 16 KiB at the region's end
        #expect(
            words.drop { !$0.hasPrefix("memmap=") } == [
                "memmap=exactmap", "memmap=4K$0K", "memmap=633K@5K", "memmap=1K$639K", "memmap=262128K@1802240K", "memmap=4K#2097024K",
                "memmap=4K#2097028K", "memmap=1048576K!4194304K",
            ])
    }

    /// The crash region is in two where elfcorehdr lies in its middle, as limits can make it: room
    /// was kept for that.
    @Test func inTwoPieces() throws {
        let outcome = run(["-p", "--pass-memmap-cmdline", "--mem-max=0x7cffffff"])
        let loaded = LoadedKernel(call: try #require(outcome.loads.first))
        let ram = try loaded.ram()
        let parameters = try loaded.commandLine().split(separator: " ").filter { $0.hasPrefix("memmap=") && $0.contains("@") }.map(
            String.init)
        #expect(ram.count == 3)
        let expected = ram.map { range -> String in
            let first = (range.lowerBound + 1023) / 1024
            let end = range.upperBound / 1024
            return "memmap=\(end - first)K@\(first)K"
        }
        #expect(parameters == expected)
    }

    @Test func tooLongForTheKernel() throws {
        var machine = SyntheticSysroot()
        for i in 0..<120 { machine.iomem.append(.init(0x1_0000_0000 + UInt64(i) << 24, 0x1_0000_0fff + UInt64(i) << 24, "Reserved")) }
        let outcome = run(["-p", "--pass-memmap-cmdline"], on: try machine.write())
        #expect(outcome.names == [])
        #expect(outcome.failure?.contains("which takes 2047") == true, "\(outcome.failure ?? "loaded")")
    }

    @Test func aKernelWithTheWholeMachineNeedsNone() {
        let outcome = run(["-l", "--pass-memmap-cmdline", "--append=quiet"])
        #expect(outcome.names == [])
        #expect(outcome.failure?.hasPrefix("--pass-memmap-cmdline: only with -p") == true)
    }
}
