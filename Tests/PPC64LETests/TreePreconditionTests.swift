import HostState
import LoadPlan
import PPC64LE
import SystemPackage
import TestSupport
import Testing

/// What a plan carries of the machine's device tree must be so where it is carried out.
@Suite struct TreePreconditionTests {
    private static let tree = "proc/device-tree"

    /// What differs on one machine from what a plan made on another takes for granted.
    private func differences(
        _ purpose: LoadPlan.Purpose, from: FilePath, on other: FilePath, _ options: PPC64LE.Options = .init()
    ) throws -> [String] {
        let host = try HostState.read(SystemRoot(from))
        let architecture = PPC64LE(options)
        let plan = try Planner.plan(Pseries.request(purpose), on: host, for: architecture)
        let facts = plan.preconditions(on: host, for: architecture)
        #expect(facts.allSatisfy { $0.difference(in: SystemRoot(from)) == nil && $0.fault == nil && !($0.subject.isEmpty) })
        return facts.filter { $0.difference(in: SystemRoot(other)) != nil }.map(\.subject)
    }

    /// On a CPU that its tree lacks a kernel does not start: "Failed to identify boot CPU".
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func oneCore(_ purpose: LoadPlan.Purpose) throws {
        let machine = try ReportedCase.oneCore.machine()
        #expect(try differences(purpose, from: machine.path, on: Pseries.sysroot).contains("set of CPUs"))
        #expect(try differences(purpose, from: Pseries.sysroot, on: machine.path).contains("set of CPUs"))
    }

    @Test(
        arguments: [
            ("memory@80000000/reg", "set of memory nodes"), ("memory@0/reg", "set of memory nodes"),
            ("ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory-v2", "set of memory blocks"),
            ("cpus/PowerPC,POWER10@1/reg", "set of CPUs"), ("rtas/linux,rtas-base", "firmware"),
            ("chosen/ibm,architecture-vec-5", "firmware"),
        ], [LoadPlan.Purpose.crash, .reboot]) func changes(_ change: (String, String), _ purpose: LoadPlan.Purpose) throws
    {
        let machine = try Pseries.changed { try $0.write(cells(0, 0x100), to: "\(Self.tree)/\(change.0)") }
        #expect(try differences(purpose, from: Pseries.sysroot, on: machine.path) == [change.1])
    }

    /// Blocks of memory that were not there at all when the plan was made.
    @Test func firstBlock() throws {
        let folder = "\(Self.tree)/ibm,dynamic-reconfiguration-memory"
        let machine = try Pseries.changed { try $0.remove(folder) }
        #expect(try differences(.reboot, from: machine.path, on: Pseries.sysroot) == ["set of memory blocks"])
    }

    /// A snapshot has no properties that the kernel makes up, and is the same machine.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func snapshot(_ purpose: LoadPlan.Purpose) throws {
        let folder = try TemporaryFolder()
        try Snapshot.write(from: SystemRoot(Pseries.sysroot), to: folder.path)
        #expect(try differences(purpose, from: folder.path, on: Pseries.sysroot) == [])
        #expect(try differences(purpose, from: Pseries.sysroot, on: folder.path) == [])
    }

    /// What changes in the rest of the tree, as drivers and the next boot change it, does not matter.
    @Test func irrelevantChanges() throws {
        let machine = try Pseries.changed {
            for name in ["chosen/bootargs", "chosen/linux,initrd-start", "pci@800000020000000/linux,dma-window", "new-node/x"] {
                try $0.write(cells(0, 0x100), to: "\(Self.tree)/\(name)")
            }
        }
        #expect(try differences(.crash, from: Pseries.sysroot, on: machine.path) == [])
    }

    /// A tree of the user's own is not the machine's.
    @Test func treeOfAFile() throws {
        var options = PPC64LE.Options()
        options.deviceTree = try HostState.read(SystemRoot(Pseries.sysroot)).deviceTree
        let machine = try ReportedCase.oneCore.machine()
        #expect(try !differences(.reboot, from: Pseries.sysroot, on: machine.path, options).contains("set of CPUs"))
    }

    @Test func rangesLentUntilTheCrash() throws {
        let machine = try ReportedCase.crashCMA.machine()
        #expect(try differences(.crash, from: machine.path, on: Pseries.sysroot) == ["set of CMA ranges"])
    }

    /// The same where the machine's files are in memory, as a snapshot has them before it is written.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func filesInMemory(_ purpose: LoadPlan.Purpose) throws {
        func facts(on root: SystemRoot) throws -> [Precondition] {
            let host = try HostState.read(root)
            return try Planner.plan(Pseries.request(purpose), on: host, for: PPC64LE()).preconditions(on: host, for: PPC64LE())
        }
        var files = FilesInMemory()
        for (name, bytes) in try Snapshot.files(of: SystemRoot(Pseries.sysroot)).contents { files.write(bytes, to: name) }
        let root = SystemRoot(files, at: "memory")
        #expect(try facts(on: root).allSatisfy { $0.difference(in: root) == nil })
        let other = try ReportedCase.oneCore.machine()
        #expect(try facts(on: SystemRoot(other.path)).contains { $0.subject == "set of CPUs" && $0.difference(in: root) != nil })
    }
}
