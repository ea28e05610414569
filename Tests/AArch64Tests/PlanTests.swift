import AArch64
import ByteStorage
import Foundation
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// Plans for arm64, against what kexec-tools 2.0.32 handed to kexec_load(2) on the same machine.
@Suite struct PlanTests {
    private let peer = Result { try RecordedMachine.aarch64.peer("plain") }

    @Test func flagsAndPlaces() throws {
        let peer = try peer.get()
        let plan = try Virt.plan(Virt.request())
        #expect(plan.flags.rawValue == peer.flags)
        #expect(plan.segment(.kernel)?.memory.start.rawValue == peer.segment("kernel")?.start)
        #expect(Set(plan.segments.map(\.role.rawValue)) == Set(peer.segments.map(\.role)))
        #expect(plan.commandLine.description == Virt.commandLine)
    }

    /// Header by header the same: notes, the kernel's own mapping, memory.
    @Test func elfcorehdr() throws {
        let theirs = try #require(try peer.get().elfcorehdr)
        let ours = try Virt.plan(Virt.request()).bytes(.elfcorehdr)
        #expect(CoreProgramHeader.table(of: ours) == CoreProgramHeader.table(of: theirs))
    }

    @Test(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed")) func everyDifferenceOfTheTree() throws {
        func source(_ blob: [UInt8]) throws -> [String] {
            try Tool.dtc.text(["-s", "-q", "-I", "dtb", "-O", "dts", "-"], input: blob).split(separator: "\n").map { line in
                String(line.drop { $0 == "\t" })
            }
        }
        let plan = try Virt.plan(Virt.request())
        let ours = try source(plan.bytes(.fdt))
        let theirs = try source(RecordedMachine.aarch64.bytes("peer/plain/fdt.dtb"))
        let initrd = try plan.start(.initrd)
        func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        #expect(
            ours.filter { !theirs.contains($0) } == [
                "bootargs = \"\(Virt.commandLine)\";",
                "kaslr-seed = <0x10203 0x4050607>;",
                "linux,elfcorehdr = <0x00 0x\(hex(try plan.start(.elfcorehdr))) 0x00 0x10000>;",
                "linux,initrd-end = <0x00 0x\(hex(initrd + 70_001))>;",
                "linux,initrd-start = <0x00 0x\(hex(initrd))>;",
                "rng-seed = <0x8090a0b 0xc0d0e0f 0x10111213 0x14151617 0x18191a1b 0x1c1d1e1f>;",
            ])
        #expect(
            theirs.filter { !ours.contains($0) }.map { $0.prefix { $0 != " " } } == [
                "bootargs", "kaslr-seed", "linux,elfcorehdr", "linux,initrd-end", "linux,initrd-start",
            ])
        #expect(ours.contains("linux,usable-memory-range = <0x00 0x99a00000 0x00 0x20000000>;"))
    }

    /// Both regions are told, the one with the segments first.
    @Test(.enabled(if: Tool.fdtget.isAvailable, "fdtget is not installed")) func twoRegions() throws {
        let machine = try Virt.changed { folder in
            let text = String(decoding: try folder.read("proc/iomem"), as: UTF8.self)
            try folder.write(
                text.replacingOccurrences(of: "  48000000-483effff : reserved", with: "  44000000-47ffffff : Crash kernel"),
                to: "proc/iomem")
        }
        let plan = try Virt.plan(Virt.request(), on: machine.path)
        let file = try machine.write(plan.bytes(.fdt), to: "fdt")
        #expect(
            try Tool.fdtget.text(["-t", "x", file.string, "/chosen", "linux,usable-memory-range"])
                == "0 99a00000 0 20000000 0 44000000 0 4000000\n")
        #expect(plan.segments.allSatisfy { $0.memory.start.rawValue >= 0x99a0_0000 })
    }

    /// crashkernel=…,cma: behind both regions, the largest first (drivers/of/kexec.c; kernels with MAX_USABLE_RANGES 2 read no more).
    @Test(.enabled(if: Tool.fdtget.isAvailable, "fdtget is not installed")) func rangesLentUntilTheCrash() throws {
        func usable(low: Bool) throws -> String {
            let machine = try Virt.changed { folder in
                let text = String(decoding: try folder.read("proc/iomem"), as: UTF8.self)
                if low {
                    try folder.write(
                        text.replacingOccurrences(of: "  48000000-483effff : reserved", with: "  44000000-47ffffff : Crash kernel"),
                        to: "proc/iomem")
                }
                try folder.write("60000000-60ffffff\n70000000-73ffffff\n", to: "sys/kernel/kexec/crash_cma_ranges")
            }
            let file = try machine.write(Virt.plan(Virt.request(), on: machine.path).bytes(.fdt), to: "fdt")
            return try Tool.fdtget.text(["-t", "x", file.string, "/chosen", "linux,usable-memory-range"])
        }
        #expect(try usable(low: false) == "0 99a00000 0 20000000 0 70000000 0 4000000 0 60000000 0 1000000\n")
        #expect(
            try usable(low: true)
                == "0 99a00000 0 20000000 0 44000000 0 4000000 0 70000000 0 4000000 0 60000000 0 1000000\n")
    }

    @Test func textOffsetAndOldImages() throws {
        let offset = try Virt.plan(Virt.request(kernel: Virt.image(textOffset: 0x8_0000)))
        #expect(try offset.start(.kernel) == 0x99a8_0000)
        let old = try Virt.plan(Virt.request(kernel: Virt.image(textOffset: 0, imageSize: 0)))
        #expect(try old.start(.kernel) == 0x99a8_0000)
        // It tells nothing of its zeroed data: as much again is left to it.
        #expect(try #require(old.segment(.kernel)).memory.size.rawValue >= 2 * 300_000)
    }

    @Test func elfKernel() throws {
        var load = SyntheticELFKernel.Load(at: 0, Virt.image())
        load.virtual = 0xffff_8000_8000_0000
        load.physical = 0xffff_8000_8000_0000
        load.memorySize = 0x8_0000
        var kernel = SyntheticELFKernel([load])
        kernel.machine = 183
        kernel.entry = 0xffff_8000_8000_0000
        let plan = try Virt.plan(Virt.request(kernel: kernel.bytes))
        #expect(try plan.bytes(.kernel) == Virt.image())
        #expect(plan.segment(.kernel)?.memory.size.rawValue == 0x8_0000)
    }

    @Test(.enabled(if: Tool.gzip.isAvailable, "gzip is not installed")) func zboot() throws {
        let payload = try Tool.gzip.output(["-9"], input: Virt.image())
        let file = SyntheticARM64Image.zboot(payload: payload, compression: "gzip")
        let plan = try Virt.plan(Virt.request(kernel: file))
        #expect(try plan.bytes(.kernel) == Virt.image())
        for length in [12, 15, 511, file.count - 1] {
            #expect(throws: KernelImageError.self, "\(length)") { try KernelFile(Bytes(Array(file[..<length]))) }
        }
    }

    @Test func reboot() throws {
        let plan = try Virt.plan(Virt.request(.reboot))
        #expect(plan.flags.rawValue == 0xb7_0000)
        let reserved = try HostState.read(SystemRoot(Virt.sysroot)).ioMemory.ranges(named: "reserved")
        for segment in plan.segments { #expect(!reserved.contains { $0.overlaps(segment.memory) }) }
    }

    /// One placed below its base, as kernels before 3.17 were; one that may lie anywhere; pages of each size. None matters to the
    /// loader, which puts every kernel where all of them may lie.
    @Test(arguments: [0x0, 0x2, 0x4, 0x6, 0x8, 0xa, 0xc, 0xe] as [UInt64]) func flagsOfTheHeader(_ flags: UInt64) throws {
        let image = Virt.image(flags: flags)
        #expect(try Virt.plan(Virt.request(kernel: image)).start(.kernel) == 0x99a0_0000)
        let sizes: [UInt64?] = [nil, 4096, 16384, 65536]
        let header = try ARM64Image(image.span, loadedSize: image.count)
        #expect(header.pageSize?.rawValue == sizes[Int(flags >> 1 & 3)])
        #expect(!header.isBigEndian)
    }

    /// A big-endian kernel reads a device tree as any other: it is good for a reboot.
    @Test func bigEndian() throws {
        let image = Virt.image(flags: 0xb)
        #expect(try Virt.plan(Virt.request(.reboot, kernel: image)).bytes(.kernel) == image)
    }

    @Test(.enabled(if: Tool.xz.isAvailable, "xz is not installed")) func xz() throws {
        let packed = try Tool.xz.output(["-9"], input: Virt.image())
        #expect(try Virt.plan(Virt.request(kernel: packed)).bytes(.kernel) == Virt.image())
        let zboot = SyntheticARM64Image.zboot(payload: packed, compression: "xzkern")
        #expect(try Virt.plan(Virt.request(kernel: zboot)).bytes(.kernel) == Virt.image())
    }

    @Test(arguments: [true, false]) func caches(areUsed: Bool) throws {
        var options = AArch64.Options()
        options.purgatoryUsesCaches = areUsed
        #expect(try PurgatoryParameters(Virt.plan(Virt.request(), options))[PurgatoryAArch64.caches] == (areUsed ? 1 : 0))
    }

    // MARK: - The place for a reboot

    /// Over the running kernel, 0x40200000 to 0x426effff in the fixture, its init code among it: the GIC's tables are not there.
    /// Larger ones go to the top of memory, where they fit; an old one must have no memory below it.
    @Test func placeForAReboot() throws {
        func kernel(imageSize: UInt64, flags: UInt64 = 0xa) throws -> PhysicalRange {
            let request = try Virt.request(.reboot, kernel: Virt.image(imageSize: imageSize, flags: flags))
            return try #require(try Virt.plan(request).segment(.kernel)).memory
        }
        #expect(try kernel(imageSize: 0x24f_0000).start.rawValue == 0x4020_0000)
        #expect(try kernel(imageSize: 0x24f_1000).description == "0x97000000-0x994fffff")
        #expect(try kernel(imageSize: 0x24f_1000, flags: 0x2).start.rawValue == 0x4000_0000)
        #expect(try kernel(imageSize: 0x800_0000).start.rawValue == 0x9160_0000)
    }

    /// Within 32 GiB of the kernel, counted in whole GiB, above it or below it.
    @Test(arguments: [0x24f_0000, 0x24f_1000] as [UInt64]) func initrdWithinReach(imageSize: UInt64) throws {
        let machine = try Virt.withTree(iomem: "2000000000-2fffffffff : System RAM\n") { tree in
            try tree.edit("/memory@40000000") { $0.set("reg", u32s: [0, 0x4000_0000, 0, 0x8000_0000, 0x20, 0, 0x10, 0]) }
        }
        let plan = try Virt.plan(Virt.request(.reboot, kernel: Virt.image(imageSize: imageSize)), on: machine.path)
        let (kernel, initrd) = (try #require(plan.segment(.kernel)).memory, try #require(plan.segment(.initrd)).memory)
        #expect(kernel.start.rawValue == (imageSize == 0x24f_0000 ? 0x4020_0000 : 0x2f_fda0_0000))
        let first = min(kernel.start, initrd.start).rawValue >> 30
        let last = (max(kernel.end, initrd.end).rawValue - 1) >> 30
        #expect(last - first < 32)
    }

    @Test func withoutTheRunningKernelsPlace() throws {
        let machine = try Virt.changed { folder in
            let text = String(decoding: try folder.read("proc/iomem"), as: UTF8.self)
            try folder.write(text.replacingOccurrences(of: "Kernel data", with: "something"), to: "proc/iomem")
        }
        #expect(try Virt.plan(Virt.request(.reboot), on: machine.path).start(.kernel) == 0x9940_0000)
        var request = try Virt.request(.reboot)
        request.memoryWindow = PhysicalRange(start: PhysicalAddress(0x5000_0000), end: PhysicalAddress(0x6000_0000))
        #expect(try Virt.plan(request).start(.kernel) == 0x5fe0_0000)
    }

    // MARK: - Refused

    private func message(_ request: LoadRequest, on machine: TemporaryFolder? = nil) -> String {
        do {
            _ = try Virt.plan(request, on: machine?.path ?? Virt.sysroot)
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func hotplug() throws {
        var request = try Virt.request()
        request.hotplug = true
        #expect(
            message(request)
                == "--hotplug: no kernel for aarch64 updates a crash image when memory or CPUs come and go; load the image anew after such an event"
        )
    }

    @Test func badImages() throws {
        #expect(message(try Virt.request(kernel: Virt.image(imageSize: 1000))).contains("image_size"))
        #expect(message(try Virt.request(kernel: Virt.image(imageSize: .max))).contains("image_size"))
        #expect(message(try Virt.request(kernel: Virt.image(textOffset: 0x40_0000))).contains("text_offset"))
        #expect(message(try Virt.request(kernel: Virt.image(flags: 0xb))).contains("big-endian"))
        #expect(
            message(try Virt.request(kernel: [0x27, 0x05, 0x19, 0x56] + [UInt8](repeating: 0, count: 100))).contains(
                "uImage: only U-Boot reads its header"))
        #expect(
            message(try Virt.request(kernel: Array("hello, world\n".utf8))).contains(
                "not an arm64 kernel (Image, EFI zboot, ELF, unified kernel image) but a file of unknown format"))
        var x86 = SyntheticELFKernel.small()
        x86.machine = 62
        #expect(message(try Virt.request(kernel: x86.bytes)).contains("e_machine"))
    }

    @Test func badMachines() throws {
        let noTree = try Virt.changed { try $0.remove("sys/firmware/fdt") }
        #expect(message(try Virt.request(), on: noTree).contains("firmware/fdt does not show the machine"))
        let cut = try Virt.changed { try $0.write(Array(try $0.read("sys/firmware/fdt").prefix(1000)), to: "sys/firmware/fdt") }
        #expect(message(try Virt.request(), on: cut).contains("totalsize"))
        let noRegion = try Virt.changed { folder in
            let text = String(decoding: try folder.read("proc/iomem"), as: UTF8.self)
            try folder.write(text.replacingOccurrences(of: "Crash kernel", with: "reserved"), to: "proc/iomem")
        }
        #expect(message(try Virt.request(), on: noRegion).contains("no memory is reserved for a crash kernel"))
    }
}
