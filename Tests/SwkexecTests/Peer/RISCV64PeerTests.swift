import LoadPlan
import TestSupport
import Testing

@testable import swkexec

/// Each recorded call of kexec-tools on riscv64 beside our plan for the same words on the same machine: what differs, each with its
/// reason; the rest is the same.
@Suite struct RISCV64PeerTests {
    enum Call: String, CaseIterable, Sendable {
        case crash = "p_plain"
        case crashWithoutInitrd = "p_noinitrd"
        case crashUnchecked = "p_nocheck"
        case reboot = "l_initrd"
        case rebootWithoutInitrd = "l_noinitrd"
        case rebootReusingCommandLine = "l_reuse"

        var isCrash: Bool { rawValue.hasPrefix("p_") }
        var peer: PeerCall { get throws { try RecordedMachine.riscv64.peer(rawValue) } }
        var peerTree: [UInt8] { get throws { try RecordedMachine.riscv64.bytes("peer/\(rawValue)/fdt.dtb") } }

        /// A kernel with the header of the one that kexec-tools was given, and an initrd as large.
        func plan() throws -> LoadPlan {
            let files = try TemporaryFolder()
            let kernel = try files.write(Self.image, to: "vmlinuz").string
            let initrd = try files.write([UInt8](repeating: 0x11, count: Self.initrdSize), to: "initrd.img").string
            let arguments = try peer.arguments.dropFirst().map { word in
                switch word {
                case "/vmlinuz": kernel
                case "--initrd=/capture.img": "--initrd=\(initrd)"
                default: word
                }
            }
            return try withExtendedLifetime(files) {
                try RecordedCommand.plan(["--arch=riscv64", "--dry-run"] + arguments, root: RecordedMachine.riscv64.sysroot)
            }
        }

        private static let initrdSize = 1_110_135
        private static var image: [UInt8] {
            var image = SyntheticRISCVImage()
            image.textOffset = 0x20_0000
            image.imageSize = 0x1e6_c000
            return image.bytes
        }
    }

    /// The lines of /proc/iomem that the fixture has.
    private static let crashRegion: Range<UInt64> = 0xebc0_0000..<0xfbc0_0000
    private static let systemRAM: Range<UInt64> = 0x8006_0000..<0x1_0000_0000

    @Test(arguments: Call.allCases) func segments(_ call: Call) throws {
        let (peer, plan) = (try call.peer, try call.plan())
        #expect(plan.flags.rawValue == peer.flags)
        for (role, theirs) in [(SegmentRole.kernel, peer.segment("kernel")), (.initrd, peer.segment("initrd"))] {
            #expect(plan.segment(role)?.memory.size.rawValue == theirs?.memorySize, "\(role)")
        }
        #expect(plan.segment(.kernel)?.memory.start.rawValue == peer.segment("kernel")?.start)
        #expect(plan.segment(.initrd)?.loadedSize.rawValue == peer.segment("initrd")?.loadedSize)
        // They have no purgatory for this machine: the kernel is entered at once and unchecked, with -i and without.
        #expect(Set(plan.segments.map(\.role.rawValue)) == Set(peer.segments.map(\.role)).union(["purgatory"]))
        #expect(peer.digest == nil && peer.entry == peer.segment("kernel")?.start)
        #expect((plan.digest == nil) == (call == .crashUnchecked))
        #expect(plan.segment(.purgatory)?.memory.contains(plan.entry) == true)
    }

    /// Theirs for a reboot lie where a crash image may be, which ends with the reboot only.
    @Test(arguments: Call.allCases) func places(_ call: Call) throws {
        func inRegion(_ range: ClosedRange<UInt64>) -> Bool { Self.crashRegion.overlaps(range) }
        let ours = try call.plan().segments.filter { inRegion($0.memory.start.rawValue...$0.memory.last.rawValue) }
        let theirs = try call.peer.segments.filter { inRegion($0.start...$0.start + $0.memorySize - 1) }
        #expect(ours.count == (call.isCrash ? try call.plan().segments.count : 0))
        let reboots: [Call: Set<String>] = [
            .reboot: ["fdt", "initrd"], .rebootWithoutInitrd: [], .rebootReusingCommandLine: ["fdt", "initrd"],
        ]
        #expect(Set(theirs.map(\.role)) == (try reboots[call] ?? Set(call.peer.segments.map(\.role))))
    }

    /// The same notes. Of the kernel's mapping theirs ends a byte before .bss does, ours with the page that /proc/kcore maps. Of memory
    /// theirs lacks what /proc/iomem shows as reserved, in which the kernel has its own tables, makedumpfile's `mem_section` among
    /// them; and it takes the virtual addresses from a symbol of the kernel's text, not from where the linear map is.
    @Test(arguments: Call.allCases.filter(\.isCrash)) func elfcorehdr(_ call: Call) throws {
        let (theirBytes, ourSegment) = (try #require(try call.peer.elfcorehdr), try #require(try call.plan().segment(.elfcorehdr)))
        let theirs = try #require(CoreProgramHeader.table(of: theirBytes))
        let ours = try #require(CoreProgramHeader.table(of: ourSegment.bytes))
        #expect(ours.filter { $0.type == 4 } == theirs.filter { $0.type == 4 })
        #expect(ours.count { $0.type == 4 } == 3)

        let (ourLoads, theirLoads) = (ours.filter { $0.type == 1 }, theirs.filter { $0.type == 1 })
        var text = try #require(theirLoads.first)
        #expect(text.memorySize == 0x1e6_93f7)
        (text.fileSize, text.memorySize) = (0x1e6_a000, 0x1e6_a000)
        #expect(ourLoads.first == text)

        let memory = ourLoads.dropFirst().map { $0.physicalAddress..<$0.physicalAddress + $0.memorySize }
        #expect(
            memory == [
                Self.systemRAM.lowerBound..<Self.crashRegion.lowerBound, Self.crashRegion.upperBound..<Self.systemRAM.upperBound,
            ])
        for load in theirLoads.dropFirst() {
            #expect(memory.contains { $0.contains(load.physicalAddress) && load.physicalAddress + load.memorySize <= $0.upperBound })
        }
        // More than 100 MiB of these two GiB.
        #expect(memory.reduce(0) { $0 + UInt64($1.count) } - theirLoads.dropFirst().reduce(0) { $0 + $1.memorySize } > 100 << 20)
        let linearMap: UInt64 = 0xff60_0000_0000_0000  // of 0x80000000: PAGE_OFFSET with five levels of page tables
        for load in ourLoads.dropFirst() { #expect(load.virtualAddress == load.physicalAddress - 0x8000_0000 + linearMap) }
        let beforeInitText: UInt64 = 0xffff_ffff_80bf_f000  // a page before _sinittext
        for load in theirLoads.dropFirst() { #expect(load.virtualAddress == load.physicalAddress &+ beforeInitText) }
    }

    /// Theirs has a NUL or two behind the command line, no seeds, and an elfcorehdr as long as what was loaded of it.
    @Test(.enabled(if: Tool.dtc.isAvailable, "dtc is not installed"), arguments: Call.allCases) func tree(_ call: Call) throws {
        func source(_ blob: [UInt8]) throws -> Set<String> {
            let text = try Tool.dtc.text(["-s", "-q", "-I", "dtb", "-O", "dts", "-"], input: blob)
            return Set(text.split(separator: "\n").map { String($0.drop { $0 == "\t" }) })
        }
        func name(_ line: String) -> String { String(line.prefix { $0 != " " }) }
        let plan = try call.plan()
        let segment = try #require(plan.segment(.fdt))
        let (ours, theirs) = (try source(segment.bytes), try source(call.peerTree))
        let places = plan.segment(.initrd) == nil ? [] : ["linux,initrd-start", "linux,initrd-end"]
        let seeds = ["kaslr-seed", "rng-seed"]
        let different = Set(["bootargs"] + places + (call.isCrash ? ["linux,elfcorehdr"] : []))
        #expect(Set(theirs.subtracting(ours).map(name)) == different)
        #expect(Set(ours.subtracting(theirs).map(name)) == different.union(seeds))
        #expect(ours.contains("bootargs = \"\(plan.commandLine.description)\";"))
        let nuls = call == .rebootReusingCommandLine ? #"\0\0"# : #"\0"#
        #expect(theirs.contains("bootargs = \"\(plan.commandLine.description)\(nuls)\";"))
        let region = "linux,usable-memory-range = <0x00 0xebc00000 0x00 0x10000000>;"
        #expect(ours.contains(region) == call.isCrash && theirs.contains(region) == call.isCrash)
    }
}
