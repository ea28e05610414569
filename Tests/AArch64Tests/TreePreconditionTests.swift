import AArch64
import HostState
import LoadPlan
import SystemPackage
import TestSupport
import Testing

/// A plan carries the tree that the running kernel was booted with.
@Suite struct TreePreconditionTests {
    private func differences(_ purpose: LoadPlan.Purpose, from: FilePath, on other: FilePath) throws -> [String] {
        let host = try HostState.read(SystemRoot(from))
        let plan = try Virt.plan(Virt.request(purpose), on: from)
        let facts = plan.preconditions(on: host, for: AArch64())
        #expect(facts.allSatisfy { $0.difference(in: SystemRoot(from)) == nil && $0.fault == nil })
        return facts.filter { $0.difference(in: SystemRoot(other)) != nil }.map(\.subject)
    }

    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func anotherTree(_ purpose: LoadPlan.Purpose) throws {
        let machine = try ReportedCase.uartBehindBus.machine()
        #expect(try differences(purpose, from: Virt.sysroot, on: machine.path) == ["device tree"])
        #expect(try differences(purpose, from: machine.path, on: Virt.sysroot) == ["device tree"])
    }

    /// Where the blob cannot be had, the tree is the running one's, and the facts are of its nodes.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func withoutTheBlob(_ purpose: LoadPlan.Purpose) throws {
        func machine(cpus: Range<Int>) throws -> TemporaryFolder {
            try Virt.changed { folder in
                try folder.remove("sys/firmware/fdt")
                let cells: [UInt8] = [0, 0, 0, 2]
                for name in ["#address-cells", "#size-cells"] { try folder.write(cells, to: "proc/device-tree/\(name)") }
                try folder.write("memory\0", to: "proc/device-tree/memory@40000000/device_type")
                try folder.write([0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0], to: "proc/device-tree/memory@40000000/reg")
                for cpu in cpus { try folder.write([0, 0, 0, UInt8(cpu)], to: "proc/device-tree/cpus/cpu@\(cpu)/reg") }
            }
        }
        let (two, three) = (try machine(cpus: 0..<2), try machine(cpus: 0..<3))
        #expect(try differences(purpose, from: two.path, on: three.path) == ["set of CPUs"])
    }
}
