import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import TestSupport
import Testing

@testable import X86_64

/// Five levels of page tables: how a kernel is entered and where it may lie.
@Suite struct FiveLevelPagingTests {
    private static let on = "flags\t\t: fpu la57 lm\n"

    private func machine(_ flags: String? = on) -> SyntheticSysroot {
        var machine = SyntheticSysroot()
        machine.files["proc/cpuinfo"] = flags
        return machine
    }

    /// A kernel as those before 5.3 are.
    private var older: SyntheticBzImage {
        var image = SyntheticBzImage.small()
        image.xloadflags = 0x1f
        return image
    }

    @Test func flags() {
        #expect(ExtendedLoadFlags.fiveLevel.rawValue == 0x20 && ExtendedLoadFlags.fiveLevelEnabled.rawValue == 0x40)
        // Newer headers name them.
        for (flag, name) in [(ExtendedLoadFlags.fiveLevel, "XLF_5LEVEL"), (.fiveLevelEnabled, "XLF_5LEVEL_ENABLED")] {
            if let value = CHeaders.constant(name) { #expect(UInt64(flag.rawValue) == value) }
        }
    }

    @Test(arguments: [LoadPlan.Purpose.crash, .reboot]) func aKernelThatCannotBeEnteredIsRefused(_ purpose: LoadPlan.Purpose) throws {
        var request = try smallRequest(older)
        request.purpose = purpose
        let error = #expect(throws: PlanError.self) { try plan(request, on: machine()) }
        let text = try #require(error).description
        for part in ["vmlinuz: ", "five-level paging", "XLF_5LEVEL", "--entry-32bit", "no5lvl"] { #expect(text.contains(part), "\(text)") }
        #expect(throws: Never.self) { try plan(request, on: machine("flags\t\t: fpu lm\n")) }
        #expect(throws: Never.self) { try plan(request, on: machine(nil)) }
        // Paging is off at the 32-bit entry point.
        var options = X86_64.Options()
        options.entry = .bits32
        #expect(throws: Never.self) { try plan(request, options, on: machine()) }
    }

    /// XLF_5LEVEL alone is enough: the kernel switches down itself.
    @Test func aKernelThatUsesFourLevelsIsEntered() throws {
        var image = SyntheticBzImage.small()
        image.xloadflags = 0x3f
        #expect(throws: Never.self) { try plan(smallRequest(image), on: machine()) }
    }

    @Test func anELFFileDoesNotTell() throws {
        func warnings(_ image: SyntheticELFKernel, on machine: SyntheticSysroot) throws -> [String] {
            var request = try smallRequest()
            request.purpose = .reboot
            request.kernel = .init(name: "vmlinux", contents: try KernelFile(.init(image.bytes)))
            return try plan(request, on: machine).warnings.filter { $0.contains("five-level paging") }
        }
        #expect(try warnings(.small(), on: machine()).count == 1)
        #expect(try warnings(.small(), on: machine(nil)).isEmpty)
        #expect(try warnings(.small(is64Bit: false), on: machine()).isEmpty)
    }

    /// RAM up to 80 TiB: a kernel with four levels starts from the lower 64, all that it is given, too.
    @Test(arguments: [
        (UInt16(0x7f), "", true), (0x7f, "no5lvl", false), (0x7f, "quiet no5lvl ro", false), (0x7f, "no5lvlx", true),
        (0x3f, "", false),
    ])
    func above64TiB(_ xloadflags: UInt16, _ commandLine: String, _ above: Bool) throws {
        let limit: UInt64 = 64 << 40
        var machine = SyntheticSysroot.withCrashRegion(0x6e00_0000, 0x7dff_ffff, ram: limit + limit / 4 - 1)
        machine.files["proc/cpuinfo"] = Self.on
        machine.memTotalKiB = nil
        var image = SyntheticBzImage.small()
        image.xloadflags = xloadflags
        var request = try smallRequest(image, commandLine: commandLine)
        request.purpose = .reboot
        let plan = try plan(request, on: machine)
        for segment in plan.segments {
            #expect(above ? segment.memory.start.rawValue >= limit : segment.memory.end.rawValue <= limit, "\(segment.role)")
        }
        #expect(!above || plan.segments.map(\.memory.end.rawValue).max() == limit + limit / 4)
    }
}
