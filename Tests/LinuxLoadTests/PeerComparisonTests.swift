import ELF
import HostState
import LinuxLoad
import PhysicalMemory
import TestSupport
import Testing

/// Program header by program header against what kexec-tools made on the same machine.
@Suite struct PeerComparisonTests {
    private static let kernelMap: UInt64 = 0xffff_ffff_8000_0000

    /// From what the machine tells, without the planner.
    private func elfcorehdr(_ host: HostState) throws -> Elfcorehdr {
        let core = try #require(host.kernelCore)
        let code = try #require(host.ioMemory.ranges(named: "Kernel code").first)
        let text = try #require(core.kernelText(physicalStart: code.start, linkedAtOrAbove: Self.kernelMap))
        let firstMebibyte = try #require(PhysicalRange(start: PhysicalAddress(0), size: .mebibytes(1)))
        return Elfcorehdr(
            machine: core.machine, crashNotes: host.crashNotes.map(\.range), vmcoreinfo: try #require(host.vmcoreinfo),
            kernelText: Elfcorehdr.KernelText(
                virtualStart: text.virtualAddress, range: try #require(PhysicalRange(start: code.start, size: text.memorySize))),
            memory: host.dumpedRAM.subtracting(host.crashRegions + [firstMebibyte]).map { .init($0) },
            directMapOffset: try #require(core.directMapOffset(below: Self.kernelMap)))
    }

    /// Of the calls for a crash these two differ in what they describe.
    @Test(arguments: Fixture.allCases, ["p_plain", "p_hotplug_dimm"])
    func programHeaders(_ fixture: Fixture, _ call: String) throws {
        let machine = try call == "p_hotplug_dimm" ? fixture.afterDIMM() : fixture.copy()
        let peer = try #require(try fixture.peer(call).elfcorehdr)
        let peerTable = try #require(CoreProgramHeader.table(of: peer))
        // The peer keeps a copy of low memory in the crash region, and describes it.
        let backup = peerTable.filter { $0.type == 1 && $0.physicalAddress < 1 << 20 }
        #expect(backup.count == 1)

        let bytes = try elfcorehdr(HostState.read(SystemRoot(machine.path))).bytes()
        #expect(CoreProgramHeader.table(of: bytes) == peerTable.filter { !backup.contains($0) })
        // The ELF header but for e_phnum (at 56).
        #expect(bytes[..<56] == peer[..<56])
        #expect(bytes[58..<64] == peer[58..<64])
    }
}
