import HostState
import PhysicalMemory
import TestSupport
import Testing

/// Linux 7.2 moved the files of /sys/kernel: the new name first, then the old.
@Suite struct NameGenerationTests {
    @Test(arguments: [SyntheticSysroot.Generation.oldName, .newName])
    func capacity(_ generation: SyntheticSysroot.Generation) throws {
        var machine = SyntheticSysroot()
        machine.generation = generation
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).elfcorehdrCapacity?.rawValue == 917_616)
    }

    @Test func theNewNameWins() throws {
        var machine = SyntheticSysroot()
        machine.files["sys/kernel/kexec/crash_elfcorehdr_size"] = "1000000\n"
        machine.files["sys/kernel/kexec/crash_loaded"] = "1\n"
        machine.files["sys/kernel/kexec_crash_loaded"] = "0\n"
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).elfcorehdrCapacity?.rawValue == 1_000_000)
        #expect(KexecFiles(SystemRoot(folder.path)).crashImageLoaded.value == 1)
    }

    @Test(arguments: [false, true]) func loaded(crash: Bool) throws {
        let names = crash ? KexecFiles.crashLoadedNames : KexecFiles.loadedNames
        #expect(names.count == 2 && names[0].contains("kexec/") && !names[1].contains("kexec/"))
        for name in names {
            let folder = try TemporaryFolder()
            var loaded: Reading<UInt64> {
                let files = KexecFiles(SystemRoot(folder.path))
                return crash ? files.crashImageLoaded : files.imageLoaded
            }
            #expect(loaded.isAbsent)
            try folder.write("0\n", to: name)
            #expect(loaded.value == 0)
            try folder.write("1\n", to: name)
            #expect(loaded.value == 1)
            try folder.write("yes\n", to: name)
            #expect(throws: HostStateError.self) { try loaded.get() }
        }
    }

    /// Kernels before 6.6 have neither.
    @Test func noCapacity() throws {
        var machine = SyntheticSysroot()
        machine.elfcorehdrCapacity = nil
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).elfcorehdrCapacity == nil)
    }

    /// The newer name, and the older one, which is a link to it as long as both are there.
    @Test(arguments: ["kexec/crash_cma_ranges", "kexec_crash_cma_ranges"]) func crashCMARanges(_ name: String) throws {
        var machine = SyntheticSysroot()
        machine.files["sys/kernel/\(name)"] = "200000000-20c7fffff\n100000000-10c7fffff\n"
        let folder = try machine.write()
        let ranges = try HostState.read(SystemRoot(folder.path)).crashCMARanges
        #expect(ranges.map(\.start.rawValue) == [0x1_0000_0000, 0x2_0000_0000])
        #expect(ranges.map(\.size.rawValue) == [0xc80_0000, 0xc80_0000])
    }

    @Test func emptyCrashCMARanges() throws {
        var machine = SyntheticSysroot()
        machine.files["sys/kernel/kexec/crash_cma_ranges"] = "\n"
        let folder = try machine.write()
        #expect(try HostState.read(SystemRoot(folder.path)).crashCMARanges.isEmpty)
    }
}
