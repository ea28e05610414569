import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory
import Reports
import TestSupport

extension FuzzTarget {
    /// A whole load up to the system call: a machine, a kernel, what goes with it, and how it is to be loaded.
    static let plan = FuzzTarget(name: "plan") {
        let files = ["initrd": Array("initrd".utf8), "append": Array("console=ttyS0,115200 quiet".utf8)]
        let linux = SyntheticBzImage(protectedMode: [UInt8](repeating: 0x90, count: 256)).bytes
        let elf = SyntheticELFKernel([.init(at: 0x100_0000, Array("a kernel's text and data".utf8), memorySize: 0x1000)])
        var relocatable = elf
        relocatable.type = 3
        let unified = SyntheticPE.unified(linux: linux, initrd: Array("initrd".utf8)).bytes
        let loads: [(kernel: [UInt8], options: LoadFiles.Options)] = [
            (linux, []), (linux, .hotplug), (linux, .reboot), (linux, [.reboot, .enteredIn32Bit]), (linux, [.reboot, .enteredInRealMode]),
            (relocatable.bytes, []), (elf.bytes, .reboot), (unified, [.hotplug, .unchecked]),
        ]
        var seeds: [[UInt8]] = []
        for (kernel, options) in loads {
            seeds += machines(with: files.merging(["kernel": kernel, "options": [options.rawValue]]) { $1 })
        }
        for base in [MachineBase.bios, .efi] {
            for options in [[], .reboot] as [LoadFiles.Options] {
                seeds += showing(base, with: ["kernel": linux, "options": [options.rawValue]])
            }
        }
        var movable = SyntheticMultiboot(version: 2)
        movable.tags = [SyntheticMultiboot.tag(10, [0x10_0000, 0x1000_0000, 0x20_0000, 1])]
        for image in [SyntheticMultiboot(version: 1), SyntheticMultiboot(version: 2), movable] {
            seeds += machines(with: [
                "kernel": image.bytes, "module": Array("module".utf8), "append": Array("a b".utf8),
                "options": [LoadFiles.Options.reboot.rawValue],
                "sys/firmware/efi/systab": Array("ACPI20=0x8\n".utf8), "dev/mem": [UInt8](repeating: 0xee, count: 8) + rootPointer(),
            ])
        }
        return seeds
    } read: { bytes in
        let files = MachineFiles(bytes)
        attempt {
            let host = try HostState.read(files.root)
            let request = try LoadFiles.request(files, on: host)
            let machine = LoadFiles.x86_64(files, on: host)
            attempt {
                let plan = try FileLoadPlan(request, on: host, for: machine, extraFlags: [])
                checkText(of: FileLoadReport(plan))
            }
            let plan = try Planner.plan(request, on: host, for: machine)
            check(plan)
        }
    }

    private static func machines(with files: [String: [UInt8]]) -> [[UInt8]] {
        [MachineBase.bios, .efi, .fadump].map { MachineFiles($0, with: files).bytes }
    }

    /// ACPI's root pointer of 20 bytes, of a sum of 0.
    private static func rootPointer() -> [UInt8] {
        var bytes = Array("RSD PTR ".utf8) + [0] + Array("BOCHS ".utf8) + [0, 1, 2, 3, 4]
        bytes[8] = 0 &- bytes.reduce(0, &+)
        return bytes
    }

    /// The rules that the kernel has for segments, written down here a second time on purpose; and the plan's texts.
    static func check(_ plan: LoadPlan) {
        checkText(of: PlanReport(plan))
        for width in [1, 80, 1000] { promise(isLines(PlanMap.text(plan, width: width)), "a map has no control characters") }
        func lies(_ range: PhysicalRange) -> Bool { plan.usableMemory.contains { $0.start <= range.start && range.end <= $0.end } }
        promise(1...16 ~= plan.segments.count, "1 to 16 segments")
        for segment in plan.segments {
            promise(segment.memory.start.rawValue % 4096 == 0 && segment.memory.end.rawValue % 4096 == 0, "whole pages")
            promise(lies(segment.memory), "within usable memory")
            promise(UInt64(segment.contents.count) <= segment.memory.size.rawValue, "what is loaded fits")
        }
        for (segment, next) in zip(plan.segments, plan.segments.dropFirst()) {
            promise(segment.memory.end <= next.memory.start, "in order, without overlap")
        }
        promise(plan.segments.contains { $0.role == .purgatory && $0.memory.contains(plan.entry) }, "the entry is in purgatory")
        promise(!plan.commandLine.bytes.contains(0), "no NUL in the command line")
    }
}
