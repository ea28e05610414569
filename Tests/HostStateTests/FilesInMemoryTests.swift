import HostState
import SystemPackage
import TestSupport
import Testing

/// Files in memory are read as those of a folder are.
@Suite struct FilesInMemoryTests {
    private func files(below folder: TemporaryFolder) throws -> FilesInMemory {
        var files = FilesInMemory()
        for name in folder.allFiles() { files.write(try folder.read(name), to: name) }
        return files
    }

    private func machines() throws -> [TemporaryFolder] {
        try Fixture.allCases.map { try $0.copy() } + [RecordedMachine.ppc64le, .aarch64, .riscv64].map { try $0.copy() }
    }

    @Test func areTheSameMachine() throws {
        for machine in try machines() {
            let inMemory = SystemRoot(try files(below: machine), at: machine.path)
            let kept = try Snapshot.files(of: inMemory).contents
            #expect(kept.count > 10)
            #expect(try kept == Snapshot.files(of: SystemRoot(machine.path)).contents)
        }
    }

    @Test func writtenTheyAreTheSame() throws {
        for machine in try machines() {
            let files = try files(below: machine)
            let folder = try TemporaryFolder()
            try files.write(to: folder.path.appending("new"))
            #expect(folder.allFiles() == machine.allFiles().map { "new/" + $0 })
            #expect(try self.files(below: folder).contents.count == files.contents.count)
            for (name, bytes) in files.contents { #expect(try folder.read("new/" + name) == bytes, "\(name)") }
        }
    }

    /// What is wrong with a machine is said in the same words.
    @Test func errorsAreTheSame() throws {
        let wrong: [(SyntheticSysroot) throws -> TemporaryFolder] = [
            { machine in
                let folder = try machine.write()
                try folder.remove("proc/iomem")
                return folder
            },
            { machine in
                let folder = try machine.write()
                try folder.remove("proc/iomem")
                try folder.write("", to: "proc/iomem/file")
                return folder
            },
            { machine in
                let folder = try machine.write()
                try folder.write("", to: "sys/firmware/memmap")
                try folder.write("x", to: "sys/kernel/vmcoreinfo")
                return folder
            },
            { machine in
                let folder = try machine.write()
                try folder.write([UInt8](repeating: 0x0a, count: 64 << 20 | 1), to: "proc/iomem")
                return folder
            },
            { machine in
                let folder = try machine.write()
                try folder.write("ELF", to: "proc/kcore")
                return folder
            },
        ]
        for make in wrong {
            let machine = try make(SyntheticSysroot())
            let inMemory = SystemRoot(try files(below: machine), at: machine.path)
            let (onDisk, error) = (message(SystemRoot(machine.path)), message(inMemory))
            #expect(onDisk != nil)
            #expect(error == onDisk)
        }
    }

    private func message(_ root: SystemRoot) -> String? {
        do {
            _ = try HostState.read(root)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// A node of a device tree may be a folder with nothing in it.
    @Test func aFolderMayBeEmpty() throws {
        var files = FilesInMemory()
        files.makeFolder("a/b")
        files.write([1], to: "a/c")
        let folder = try TemporaryFolder()
        try files.write(to: folder.path)
        #expect(folder.allFiles() == ["a/c"])
        #expect(SystemRoot(files, at: "/").exists("a/b"))
        #expect(!SystemRoot(files, at: "/").exists("a/d"))
        #expect(SystemRoot(folder.path).exists("a/b"))
    }
}
