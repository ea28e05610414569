import DeviceTree
import Foundation
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory
import RISCV64
import RecordedCalls
import SystemPackage
import TestSupport
import Testing

/// Plans for riscv64: what the boot protocol (Documentation/arch/riscv/boot.rst) and the kernel's own sources ask for.
@Suite struct PlanTests {
    @Test func crash() throws {
        let plan = try Virt.plan(Virt.request())
        // EM_RISCV is 243; KEXEC_ON_CRASH.
        #expect(plan.flags.rawValue == 0xf3_0001)
        #expect(Set(plan.segments.map(\.role)) == [.kernel, .initrd, .purgatory, .fdt, .elfcorehdr])
        #expect(
            plan.segments.allSatisfy { Virt.region.contains($0.memory.start.rawValue) && Virt.region.contains($0.memory.last.rawValue) })
        #expect(plan.segments.filter { $0.memory.start.rawValue % 4096 != 0 || $0.memory.size.rawValue % 4096 != 0 }.isEmpty)
        // Where kexec-tools puts it, too.
        #expect(try plan.start(.kernel) == RecordedMachine.riscv64.peer("p_plain").segment("kernel")?.start)
        #expect(plan.warnings.isEmpty, "\(plan.warnings)")
    }

    /// Purgatory is entered, with the kernel's first byte and the tree as its parameters; stvec has no odd places for the crash.
    @Test func entry() throws {
        let plan = try Virt.plan(Virt.request())
        let parameters = try PurgatoryParameters(plan)
        #expect(plan.entry.rawValue % 4 == 0)
        #expect(try parameters[PurgatoryRISCV64.kernelEntry] == plan.start(.kernel))
        #expect(try parameters[PurgatoryRISCV64.fdt] == plan.start(.fdt))
    }

    /// The notes and RAM of the recorded machine; /proc/kallsyms had _text and _end at 0xffffffff80002000 and 0xffffffff81e6c000.
    @Test func elfcorehdr() throws {
        let headers = try #require(CoreProgramHeader.table(of: try Virt.plan(Virt.request()).bytes(.elfcorehdr)))
        #expect(headers.filter { $0.type == 4 }.count == 3)
        let loads = headers.filter { $0.type == 1 }
        #expect(loads.map(\.physicalAddress) == [0x8020_2000, 0x8006_0000, 0xfbc0_0000])
        #expect(loads.map(\.memorySize) == [0x1e6_a000, 0x6bba_0000, 0x440_0000])
        #expect(loads.map(\.virtualAddress) == [0xffff_ffff_8000_2000, 0xff60_0000_0006_0000, 0xff60_0000_7bc0_0000])
        #expect(loads.allSatisfy { $0.offset == $0.physicalAddress && $0.fileSize == $0.memorySize })
    }

    @Test(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed")) func whatTheTreeTells() throws {
        func chosen(_ plan: LoadPlan) throws -> [String] {
            let source = try Tool.dtc.text(["-s", "-q", "-I", "dtb", "-O", "dts", "-"], input: plan.bytes(.fdt))
            let node = source.components(separatedBy: "\tchosen {\n")[1].components(separatedBy: "\n\t};")[0]
            return node.split(separator: "\n").map { String($0.drop { $0 == "\t" }) }
        }
        func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        let crash = try Virt.plan(Virt.request())
        let initrd = try crash.start(.initrd)
        let seeds = [
            "kaslr-seed = <0x10203 0x4050607>;",
            "rng-seed = <0x8090a0b 0xc0d0e0f 0x10111213 0x14151617 0x18191a1b 0x1c1d1e1f>;",
        ]
        #expect(
            try Set(chosen(crash))
                == Set(
                    [
                        "bootargs = \"\(Virt.commandLine)\";", "stdout-path = \"/soc/serial@10000000\";",
                        "linux,elfcorehdr = <0x00 0x\(hex(try crash.start(.elfcorehdr))) 0x00 0x4000>;",
                        "linux,initrd-end = <0x00 0x\(hex(initrd + 70_001))>;", "linux,initrd-start = <0x00 0x\(hex(initrd))>;",
                        "linux,usable-memory-range = <0x00 0xebc00000 0x00 0x10000000>;",
                    ] + seeds))
        let reboot = try chosen(Virt.plan(Virt.request(.reboot, initrd: nil)))
        #expect(Set(reboot) == Set(["bootargs = \"\(Virt.commandLine)\";", "stdout-path = \"/soc/serial@10000000\";"] + seeds))
    }

    /// The lowest multiple of 2 MiB that nobody has: the running kernel's image may be overwritten, what it has reserved may not. What
    /// firmware has for itself stands in the tree.
    @Test func reboot() throws {
        let plan = try Virt.plan(Virt.request(.reboot))
        #expect(plan.flags.rawValue == 0xf3_0000)
        #expect(try plan.start(.kernel) == 0x8040_0000)
        #expect(try Virt.plan(Virt.request(.reboot, kernel: Virt.image(imageSize: 0x1e6_c000))).start(.kernel) == 0x8220_0000)
        let reserved = try HostState.read(SystemRoot(RecordedMachine.riscv64.sysroot)).ioMemory.ranges(named: "Reserved")
        #expect(reserved.count > 10)
        for segment in plan.segments { #expect(!reserved.contains { $0.overlaps(segment.memory) }) }
        let machine = try Virt.withTree { tree in
            try tree.edit("/reserved-memory/firmware@80200000", creating: true) { $0.set("reg", u32s: [0, 0x8020_0000, 0, 0x1000_0000]) }
        }
        #expect(try Virt.plan(Virt.request(.reboot), on: machine.path).start(.kernel) == 0x9020_0000)
    }

    @Test func window() throws {
        var request = try Virt.request()
        request.memoryWindow = PhysicalRange(start: PhysicalAddress(0xf000_0000), end: PhysicalAddress(0xf800_0000))
        let plan = try Virt.plan(request)
        #expect(try plan.start(.kernel) == 0xf000_0000)
        #expect(plan.segments.map(\.memory.end.rawValue).max() == 0xf800_0000)
    }

    // MARK: - Kinds of files

    @Test func elfKernel() throws {
        let image = Virt.image()
        var text = SyntheticELFKernel.Load(at: 0, Array(image[..<200_704]))
        text.virtual = 0xffff_ffff_8000_0000
        text.physical = 0
        var data = SyntheticELFKernel.Load(at: 0, Array(image[200_704...]))
        data.virtual = 0xffff_ffff_8003_1000
        data.physical = 0x3_1000
        data.memorySize = 0x8_0000 - 0x3_1000
        var kernel = SyntheticELFKernel([text, data])
        kernel.machine = 243
        kernel.entry = 0xffff_ffff_8000_0000
        let plan = try Virt.plan(Virt.request(kernel: kernel.bytes))
        let pieces = plan.segments.filter { $0.role == .kernel }
        #expect(pieces.map(\.memory.description) == ["0xebc00000-0xebc30fff", "0xebc31000-0xebc7ffff"])
        #expect(plan.segments.filter { $0.role == .kernel }.map(\.loadedSize.rawValue) == [200_704, 99_296])
    }

    @Test(.enabled(if: Tool.gzip.isAvailable && Tool.xz.isAvailable), arguments: ["gzip", "xz"]) func wrapped(_ format: String) throws {
        let packed =
            format == "gzip"
            ? try Tool.gzip.output(["-9"], input: Virt.image()) : try Tool.xz.output(["-c", "--format=xz"], input: Virt.image())
        #expect(try Virt.plan(Virt.request(kernel: packed)).bytes(.kernel) == Virt.image())
        let zboot = SyntheticARM64Image.zboot(payload: packed, compression: format == "gzip" ? "gzip" : "xzkern")
        #expect(try Virt.plan(Virt.request(kernel: zboot)).bytes(.kernel) == Virt.image())
    }

    // MARK: - Refused

    private func message(_ request: LoadRequest, _ options: RISCV64.Options = .init(), on machine: TemporaryFolder? = nil) -> String {
        do {
            _ = try Virt.plan(request, options, on: machine?.path ?? RecordedMachine.riscv64.sysroot)
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func hotplug() throws {
        var request = try Virt.request()
        request.hotplug = true
        #expect(
            message(request)
                == "--hotplug: no kernel for riscv64 updates a crash image when memory or CPUs come and go; load the image anew after such an event"
        )
    }

    @Test func badImages() throws {
        #expect(message(try Virt.request(kernel: Virt.image(imageSize: 0))).contains("image_size 0x0 must lie between the kernel's 300000"))
        #expect(message(try Virt.request(kernel: Virt.image(imageSize: .max))).contains("image_size"))
        #expect(message(try Virt.request(kernel: Virt.image(flags: 1))).contains("big-endian"))
        #expect(
            message(try Virt.request(kernel: SyntheticARM64Image().bytes)).contains(
                "not a riscv kernel (Image, EFI zboot, ELF, unified kernel image) but an arm64 Image"))
        var arm = SyntheticELFKernel.small()
        arm.machine = 183
        #expect(message(try Virt.request(kernel: arm.bytes)).contains("is not a riscv64 (must be 243)"))
    }

    @Test func badMachines() throws {
        let request = try Virt.request()
        let noTree = try Virt.changed { try $0.remove("sys/firmware/fdt") }
        // The tree as files has it, too.
        #expect(message(request, on: noTree) == "accepted")
        let noRegion = try Virt.withMemory { $0.replacingOccurrences(of: "Crash kernel", with: "Reserved") }
        #expect(message(request, on: noRegion).contains("no memory is reserved for a crash kernel"))
        let noCode = try Virt.withMemory { $0.replacingOccurrences(of: "Kernel code", with: "Kernel text") }
        #expect(message(request, on: noCode).contains("in a line 'Kernel code'"))
        // Its own mapping moved among those of RAM.
        let noMapping = try Virt.changed { folder in
            var core = try folder.read("proc/kcore")
            for offset in stride(from: 64, to: core.count - 55, by: 56) where core.littleEndian(at: offset + 24, width: 8) == 0x8020_2000 {
                core.putLittleEndian(0x8020_3000, at: offset + 24, width: 8)
            }
            try folder.write(core, to: "proc/kcore")
        }
        #expect(message(request, on: noMapping).contains("at which virtual address the kernel code at 0x80202000 runs"))
        let large = try Virt.withTree { $0.root["padding"] = [UInt8](repeating: 1, count: 2 << 20) }
        #expect(message(request, on: large).contains("more than the 2 MiB that the kernel maps of it"))
        var long = request
        long.commandLine = KernelCommandLine(String(repeating: "x", count: 1024))
        #expect(message(long).contains("1024"))
        var options = RISCV64.Options()
        options.handsOverEFI = false
        #expect(message(request, options) == "accepted")
        let noMemory = try Virt.withTree { $0.removeNode("/memory@80000000") }
        #expect(message(request, options, on: noMemory).contains("--noefi"))
    }

    /// As the kernel's sysfs offers it one day: by the generic code, the elfcorehdr and only it.
    @Test func kernelThatOffersHotplug() throws {
        let machine = try Virt.changed { folder in
            try folder.write("26432\n", to: "sys/kernel/crash_elfcorehdr_size")
            for name in ["memory", "cpu"] { try folder.write("1\n", to: "sys/devices/system/\(name)/crash_hotplug") }
        }
        var request = try Virt.request()
        request.hotplug = true
        let plan = try Virt.plan(request, on: machine.path)
        #expect(plan.flags.rawValue == 0xf3_0009)
        #expect(plan.segments.filter { $0.digestRule != .included }.map(\.role) == [.purgatory, .elfcorehdr])
        #expect(try #require(plan.segment(.elfcorehdr)).memory.size.rawValue == 28672)
    }
}
