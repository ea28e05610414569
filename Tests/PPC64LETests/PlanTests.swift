import PPC64LE
import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory
import RecordedCalls
import TestSupport
import Testing

@Suite struct PlanTests {
    /// Both of what the kernel rewrites stay out of the digest, and sha256sum agrees about the rest.
    @Test(arguments: [true, false]) func digest(hotplug: Bool) throws {
        let plan = try Pseries.plan(Pseries.request(hotplug: hotplug))
        #expect(Set(plan.hotplugSegments.map(\.role)) == (hotplug ? [.elfcorehdr, .fdt] : []))
        let covered = plan.segments.filter { $0.digestRule == .included }.flatMap { array($0.contents) }
        let digest = try #require(plan.digest)
        #expect("\(digest.value)" == (try Tool.sha256(of: covered)))
    }

    /// Purgatory begins with a branch over what the new kernel has in its first 256 bytes, where other
    /// CPUs wait, and tells it whether to stay in place.
    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func head(purpose: LoadPlan.Purpose) throws {
        let kernel = SyntheticELFKernel.ppc64()
        let plan = try Pseries.plan(Pseries.request(purpose, kernel: kernel))
        let purgatory = try plan.bytes(.purgatory)
        var expected = Array(try plan.bytes(.kernel)[..<256])
        #expect(expected == Array(kernel.loads[0].contents[..<256]))
        if purpose == .crash { expected.replaceSubrange(0x5c..<0x60, with: [1, 0, 0, 0]) }
        #expect(Array(purgatory[4..<256]) == Array(expected[4...]))
        // b .+0x100, little-endian
        #expect(purgatory[..<4] == [0x00, 0x01, 0x00, 0x48])
        #expect(plan.entry == plan.segment(.purgatory)?.memory.start)
    }

    /// A hashed page table lets code without MMU reach the first block of memory only.
    @Test func realModeMemory() throws {
        let machine = try Pseries.changed { folder in
            let name = "proc/device-tree/chosen/ibm,architecture-vec-5"
            var options = try folder.read(name)
            options[24] = 0
            try folder.write(options, to: name)
            try folder.write(cells(0, 0, 0, 0x2800_0000), to: "proc/device-tree/memory@0/reg")
        }
        let plan = try Pseries.plan(Pseries.request(), on: machine.path)
        #expect(plan.segments.allSatisfy { $0.memory.end.rawValue <= 0x2800_0000 })
        #expect(try Pseries.plan(Pseries.request()).segments.contains { $0.memory.end.rawValue > 0x2800_0000 })
    }

    @Test func resetNeedsItsCall() throws {
        var request = try Pseries.request()
        request.onMismatch = .reset
        _ = try Pseries.plan(request)
        let machine = try Pseries.changed { try $0.remove("proc/device-tree/rtas/system-reboot") }
        #expect(throws: PlanError.self) { try Pseries.plan(request, on: machine.path) }
    }

    /// The running kernel's root=, where there is none: in front of a lone `--`, and not when told not to.
    @Test(arguments: [
        ("console=hvc0", "console=hvc0 root=\"LABEL=a b\""), ("quiet -- 3", "quiet root=\"LABEL=a b\" -- 3"),
        ("root=/dev/vdb rootwait", "root=/dev/vdb rootwait"), ("rootwait", "rootwait root=\"LABEL=a b\""),
    ])
    func oldRoot(_ given: String, _ expected: String) throws {
        let machine = try Pseries.changed {
            try $0.write("BOOT_IMAGE=/vmlinux root=/dev/sda root=\"LABEL=a b\" ro\n", to: "proc/cmdline")
        }
        let request = try Pseries.request(.reboot, commandLine: given)
        #expect("\(try Pseries.plan(request, on: machine.path).commandLine)" == expected)
        var options = PPC64LE.Options()
        options.takesOldRoot = false
        #expect("\(try Pseries.plan(request, options, on: machine.path).commandLine)" == given)
    }

    @Test func oldRootBehindAnOpenQuote() throws {
        let machine = try Pseries.changed { try $0.write("root=/dev/sda\n", to: "proc/cmdline") }
        #expect(throws: PlanError.commandLineHasOpenQuote) {
            try Pseries.plan(Pseries.request(.reboot, commandLine: "dyndbg=\"file a"), on: machine.path)
        }
    }

    // MARK: - Refused

    private func message(_ kernel: SyntheticELFKernel) -> String {
        do {
            _ = try Pseries.plan(Pseries.request(kernel: kernel))
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func foreignKernels() {
        var bigEndian = SyntheticELFKernel.ppc64()
        bigEndian.bigEndian = true
        #expect(message(bigEndian) != "accepted")
        var x86 = SyntheticELFKernel.ppc64()
        x86.machine = 62
        #expect(message(x86).contains("e_machine 0x3e"))
        var wrapper = SyntheticELFKernel.ppc64()
        wrapper.entry = 0xc000_0000_0000_0100
        #expect(message(wrapper).contains("not a zImage"))
    }

    private func message(_ change: (TemporaryFolder) throws -> Void) throws -> String {
        let machine = try Pseries.changed(change)
        do {
            _ = try Pseries.plan(Pseries.request(), on: machine.path)
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func brokenTrees() throws {
        let chosen = "proc/device-tree/chosen"
        #expect(try message { try $0.remove("\(chosen)/linux,crashkernel-size") }.contains("no memory is reserved for a crash kernel"))
        #expect(try message { try $0.write(cells(0, 0x9000_0000), to: "\(chosen)/linux,crashkernel-base") }.contains("outside System RAM"))
        #expect(try message { try $0.write([1, 2, 3], to: "\(chosen)/linux,crashkernel-size") }.contains("linux,crashkernel-size"))
        #expect(try message { try $0.remove("proc/device-tree/memory@0/device_type") }.contains("no memory"))
        for count: UInt32 in [0, 3] {
            #expect(
                try message { try $0.write(cells(count), to: "proc/device-tree/#address-cells") }.contains("#address-cells is \(count)"))
        }
        #expect(
            try message { try $0.write(cells(9, 1), to: "proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory-v2") }
                .contains("ibm,dynamic-memory-v2"))
        let endless = cells(1, 0xffff_ffff, 0, 0, 0, 0, 8)
        #expect(
            try message { try $0.write(endless, to: "proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory-v2") }
                .contains("more than 1048576 blocks"))
        #expect(try message { try $0.write([0xff], to: "proc/device-tree/rtas/rtas-size") }.contains("rtas-size"))
        #expect(try message { try $0.remove("proc/device-tree") }.contains("no memory is reserved") == false)
    }

    @Test func outOfRoom() throws {
        let kernel = SyntheticELFKernel.ppc64(bytes: 300_000, memorySize: 0x1000_0000)
        #expect(message(kernel).contains("does not fit"))
    }
}
