import Foundation
import LoadPlan
import TestSupport
import Testing

/// One thing that we do differently from kexec-tools on purpose: what it makes of the facts of a
/// recorded call. Ours are the recorded ones after all differences that apply, and nothing else.
struct Difference: Sendable {
    /// Words of the manual's CAVEATS, where the reason stands.
    let manual: String
    let applies: @Sendable (PeerCase) -> Bool
    /// - Parameter plan: ours, for the places that we chose
    let apply: @Sendable (inout PlanFacts, PeerCase, LoadPlan) throws -> Void

    init(
        _ manual: String, where applies: @escaping @Sendable (PeerCase) -> Bool = { _ in true },
        _ apply: @escaping @Sendable (inout PlanFacts, PeerCase, LoadPlan) throws -> Void
    ) {
        self.manual = manual
        self.applies = applies
        self.apply = apply
    }
}

extension Difference {
    static let all = [hotplugFlag, backup, memoryBelow1MiB, digest, setupData, bootParameters] + commandLines + memoryMaps + zeroPages

    // MARK: - Segments

    private static let hotplugFlag = Difference("The flag for hotplug", where: \.isHotplug) { facts, _, _ in
        facts.flags ^= 0x4 | 0x8  // KEXEC_UPDATE_ELFCOREHDR, KEXEC_CRASH_HOTPLUG_UPDATE
    }

    private static let backup = Difference("not saved to a backup segment", where: \.isCrash) { facts, _, _ in
        facts.segments["backup"] = nil
        facts.digest?.covers.remove("backup")
    }

    private static let memoryBelow1MiB = Difference("leaves the first MiB out", where: \.isCrash) { facts, _, _ in
        facts.elfcorehdr.removeAll { $0.type == 1 && $0.physicalAddress < 1 << 20 }
    }

    private static let digest = Difference("The digest covers the loaded bytes", where: { !$0.name.hasSuffix("_i") }) { facts, _, _ in
        facts.digest?.includesZeroes = false
    }

    /// A page each for the seed, what EFI needs, and its runtime map.
    private static let setupData = Difference("in one segment", where: { !$0.isRealMode }) { facts, call, _ in
        let theirs = ["setup-data-rng"] + (call.handsOverEFI ? ["setup-data-efi", "efi-memmap"] : [])
        for role in theirs {
            #expect(facts.segments.removeValue(forKey: role) == 4096)
            if facts.digest != nil { #expect(facts.digest?.covers.remove(role) != nil) }
        }
        facts.segments["setupData"] = 4096
        facts.digest?.covers.insert("setupData")
    }

    /// Four pages of theirs hold the file's real-mode code, which is not run.
    private static let bootParameters = Difference("without the real-mode code", where: { !$0.isRealMode }) { facts, _, _ in
        #expect(facts.segments["bootParameters"] == 24576)
        facts.segments["bootParameters"] = 8192
    }

    // MARK: - Command line

    private static let commandLines = [
        Difference("is written in hexadecimal", where: \.isCrash) { facts, call, plan in
            let theirs = try #require(call.peer.segment("elfcorehdr")).start
            let ours = try #require(plan.segment(.elfcorehdr)).memory.start.rawValue
            try facts.replace("elfcorehdr=\(theirs / 1024)K", with: "elfcorehdr=0x\(String(ours, radix: 16))")
        },
        // Where EFI is handed over neither has it there.
        Difference("is not written", where: { $0.isCrash && !$0.handsOverEFI }) { facts, call, _ in
            try facts.replace(" acpi_rsdp=\(call.fixture == .bios ? "0xf58d0" : "0x7fb7e014")", with: "")
        },
        Difference("one blank between", where: { $0.name == "l_reuse" }) { facts, call, _ in
            try facts.replace(call.fixture == .bios ? "=256M " : "=256M  ", with: call.fixture == .bios ? "=256M" : "=256M ")
        },
        // The EFI stub's file.
        Difference("leaves out what is true of this boot alone", where: { $0.name == "l_reuse" && $0.fixture == .efi }) { facts, _, _ in
            try facts.replace(" initrd=initrd", with: "")
        },
    ]

    // MARK: - Memory map

    private static let memoryMaps = [
        /// The map on the command line is that of the other calls, but for what is no memory at all.
        Difference("takes the memory map from boot_params", where: { $0.name == "p_hotplug_memmap" }) { facts, call, _ in
            let other = try #require(PlanFacts(PeerCase(fixture: call.fixture, name: "p_hotplug").peer).told)
            var told = try #require(facts.told)
            let words = told.commandLine.split(separator: " ")
            let first = try #require(words.firstIndex(of: "memmap=exactmap"))
            let listed = words[(first + 1)...].map { $0.dropFirst("memmap=".count) }
            let named = other.memoryMap.filter { [1, 3, 4].contains($0.type) && $0.last - $0.start + 1 >= 4096 }
            #expect(listed == named.map { "\(($0.last - $0.start + 1) / 1024)K\($0.isRAM ? "@" : "#")\($0.start / 1024)K"[...] })

            told.commandLine = words[..<first].joined(separator: " ")
            told.memoryMap = other.memoryMap
            // This machine's sizes of memory go with the whole map.
            told.zeroPage.replaceSubrange(0x002..<0x004, with: other.zeroPage[0x002..<0x004])
            told.zeroPage.replaceSubrange(0x1e0..<0x1e4, with: other.zeroPage[0x1e0..<0x1e4])
            facts.told = told
        },
        /// Of the region theirs lacks the backup, and has the ends of pages that the two segments do not
        /// fill.
        Difference("the whole of the crash kernel's regions", where: \.isCrash) { facts, call, plan in
            let end = try #require(plan.segment(.elfcorehdr)).memory.start.rawValue
            let peer = try call.peer
            let reserved = try ["elfcorehdr", "backup"].map { try #require(peer.segment($0)) }.map {
                $0.start...$0.start + $0.memorySize - 1
            }
            let theirs = try #require(facts.told).memoryMap.filter { $0.isRAM && $0.start >= 1 << 20 }
            #expect(theirs.first == MapEntry(start: call.region.lowerBound, last: reserved[0].lowerBound - 1, type: 1))
            for rest in theirs.dropFirst() {
                #expect(rest.last - rest.start < 4096 && reserved.contains { $0.contains(rest.start) && $0.upperBound == rest.last })
            }
            facts.told?.memoryMap.removeAll { theirs.contains($0) }
            facts.told?.memoryMap.append(MapEntry(start: call.region.lowerBound, last: end - 1, type: 1))
            facts.told?.memoryMap.sort { $0.start < $1.start }
        },
        Difference("begins at address 0", where: { !$0.isCrash && !$0.isRealMode }) { facts, _, _ in
            #expect(facts.told?.memoryMap.first?.start == 0x400)
            facts.told?.memoryMap[0].start = 0
        },
    ]

    // MARK: - Zero page

    private static let zeroPages = [
        /// cl_magic and cl_offset of protocols before 2.02.
        onZeroPage("before 2.02", [0x20: [0x3f, 0xa3], 0x22: [0, 0x50]], [0x20: [0, 0], 0x22: [0, 0]]),
        onZeroPage("heap_end_ptr", [0x224: [0x20, 0x5c]], [0x224: [0, 0]]),
        onZeroPage("root_dev", [0x1fc: [0, 3], 0x1f2: [0xff, 0xff]], [0x1fc: [0, 0], 0x1f2: [1, 0]]),
        onZeroPage("boot_flag", [0x1fe: [0x55, 0]], [0x1fe: [0x55, 0xaa]]),
        onZeroPage("loadflags", [0x211: [0]], [0x211: [1]]),
        onZeroPage("secure_boot", [0x1ec: [0]], [0x1ec: [2]], where: \.handsOverEFI),
        /// In KiB; theirs counts up to the last byte, which is a KiB short.
        Difference("a KiB short", where: { !$0.isCrash && !$0.isRealMode }) { facts, call, _ in
            let memory: UInt64 = call.fixture == .bios ? (0x7ffe_0000 - 0x10_0000) / 1024 : (0x80_0000 - 0x10_0000) / 1024
            var page = try #require(facts.told).zeroPage
            #expect(page.littleEndian(at: 0x1e0, width: 4) == memory - 1)
            page.putLittleEndian(memory, at: 0x1e0, width: 4)
            #expect(page.littleEndian(at: 0x002, width: 2) == min(memory - 1, 0xfc00))
            page.putLittleEndian(min(memory, 0xfc00), at: 0x002, width: 2)
            facts.told?.zeroPage = page
        },
    ]

    private static func onZeroPage(
        _ manual: String, _ theirs: [Int: [UInt8]], _ ours: [Int: [UInt8]],
        where applies: @escaping @Sendable (PeerCase) -> Bool = { _ in true }
    ) -> Difference {
        Difference(manual, where: { !$0.isRealMode && applies($0) }) { facts, _, _ in
            for (offset, bytes) in theirs { #expect(facts.told?.zeroPage[offset..<offset + bytes.count].elementsEqual(bytes) == true) }
            for (offset, bytes) in ours { facts.told?.zeroPage.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        }
    }
}

extension PlanFacts {
    /// Exactly one occurrence in the command line.
    fileprivate mutating func replace(_ old: String, with new: String) throws {
        let parts = try #require(told).commandLine.components(separatedBy: old)
        try #require(parts.count == 2, "'\(old)'")
        told?.commandLine = parts.joined(separator: new)
    }
}
