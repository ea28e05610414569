import KexecSystem
import LoadPlan
import Purgatory
import RecordedCalls
import SystemPackage
import TestSupport
import Testing

@testable import swkexec

/// Every recorded call of kexec-tools against our plan for the same words on the same machine.
@Suite(.enabled(if: CHeaders.haveBootParams, "<asm/bootparam.h> is on x86 only"))
struct PeerComparisonTests {
    /// What we refuse: see `realModeOnEFI`.
    private static let planned = PeerCase.all.filter { !($0.isRealMode && $0.fixture == .efi) }

    @Test func sixteenCallsOnEachMachine() {
        #expect(PeerCase.all.count == 32 && Self.planned.count == 31)
    }

    /// The recorded facts with the listed differences are ours: each difference changes something, and
    /// none is missing.
    @Test(arguments: planned) func differsAsListed(_ call: PeerCase) throws {
        let plan = try call.plan()
        var expected = try PlanFacts(call.peer)
        for difference in Difference.all where difference.applies(call) {
            let before = expected
            try difference.apply(&expected, call, plan)
            #expect(expected != before, "no difference any more: \(difference.manual)")
        }
        let ours = try PlanFacts(plan)
        #expect(ours.flags == expected.flags)
        #expect(ours.kernelMode == expected.kernelMode)
        #expect(ours.segments == expected.segments)
        #expect(ours.files == expected.files)
        #expect(ours.digest == expected.digest)
        #expect(ours.elfcorehdr == expected.elfcorehdr)
        #expect(ours.told?.commandLine == expected.told?.commandLine)
        #expect(ours.told?.memoryMap == expected.told?.memoryMap)
        #expect(ours.told?.setupData == expected.told?.setupData)
        #expect(ours.told?.efiRuntimeMap == expected.told?.efiRuntimeMap)
        #expect(ours.told?.initrd == expected.told?.initrd)
        let page = zip(ours.told?.zeroPage ?? [], expected.told?.zeroPage ?? []).enumerated()
        #expect(page.filter { $0.element.0 != $0.element.1 }.map { String($0.offset, radix: 16) } == [])
        #expect(ours == expected)
        try comparePlaces(call, plan)
    }

    /// Each choice of places keeps what the peer's keeps.
    private func comparePlaces(_ call: PeerCase, _ plan: LoadPlan) throws {
        let kernel = try #require(plan.segment(.kernel)).memory
        let theirs = try call.peer.segments
        let theirKernel = try #require(call.peer.segment("kernel"))
        #expect(kernel.start.rawValue % 0x20_0000 == theirKernel.start % 0x20_0000)
        // Entered otherwise than in 64-bit mode the kernel lies where it likes it best.
        if call.isRealMode || call.name == "l_e32" { #expect(kernel.start.rawValue == theirKernel.start) }
        let allowed: ClosedRange<UInt64> =
            call.isCrash
            ? call.region
            : call.name == "l_memmax"
                ? 0x1000_0000...0x3fff_ffff
                : call.name == "l_e32" || call.isRealMode ? 0...0xffff_ffff : 0...0x1_0fff_ffff
        for segment in plan.segments {
            #expect(allowed.contains(segment.memory.start.rawValue) && allowed.contains(segment.memory.last.rawValue), "\(segment.role)")
        }
        for segment in theirs {
            #expect(allowed.contains(segment.start) && allowed.contains(segment.start + segment.memorySize - 1), "\(segment.role)")
        }
        guard !call.isCrash else { return }
        // Theirs may lie where a crash image is, which ends with the reboot only.
        for segment in plan.segments {
            #expect(!call.region.overlaps(segment.memory.start.rawValue...segment.memory.last.rawValue), "\(segment.role)")
        }
        if call.name == "l_initrd", call.fixture == .bios { #expect(call.region.contains(theirKernel.start)) }
    }

    @Test func noDifferenceIsListedInVain() {
        for difference in Difference.all { #expect(Self.planned.contains(where: difference.applies), "\(difference.manual)") }
    }

    /// What purgatory is told by options.
    @Test(arguments: Fixture.allCases) func options(_ fixture: Fixture) throws {
        func purgatory(_ name: String) throws -> PurgatoryParameters {
            let plan = try PeerCase(fixture: fixture, name: name).plan()
            return try PurgatoryParameters(plan)
        }
        let serial = try purgatory("p_hotplug_serial")
        #expect(serial[PurgatoryX86_64.serialPort] == 0x3f8)
        #expect(serial[PurgatoryX86_64.serialDivisor] == 1)
        #expect(serial.checkEnabled == 1)
        for name in ["l_i", "p_hotplug_i"] { #expect(try purgatory(name).checkEnabled == 0, "\(name)") }
    }

    /// The one recorded call that we refuse.
    @Test func realModeOnEFI() throws {
        let call = PeerCase(fixture: .efi, name: "l_real")
        let error = #expect(throws: PlanError.self) { try call.plan() }
        #expect(error?.description.contains("--real-mode: this machine was started by EFI firmware") == true)
        #expect(try call.peer.segment("realmode") != nil)
    }

    /// Every difference stands in the manual, with its reason.
    @Test func inTheManual() throws {
        let text = try Self.caveats()
        let others = ["is an error on a machine that was started by EFI firmware", "Nothing is placed in the crash kernel's regions"]
        for words in Difference.all.map(\.manual) + others { #expect(text.contains(words), "\(words)") }
    }

    /// The manual's section CAVEATS as one line, without its marks.
    private static func caveats() throws -> String {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("Man/swkexec.8")
        let lines = String(decoding: try fileBytes(file), as: UTF8.self).split(separator: "\n").drop { $0 != ".Sh CAVEATS" }
        return lines.map { line in
            line.hasPrefix(".") ? line.split(separator: " ").dropFirst().joined(separator: " ") : String(line)
        }.joined(separator: " ")
    }
}
