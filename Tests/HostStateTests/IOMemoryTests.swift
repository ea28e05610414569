import HostState
import PhysicalMemory
import SystemPackage
import TestSupport
import Testing

@Suite struct IOMemoryTests {
    private let path: FilePath = "/somewhere/proc/iomem"

    private func parse(_ text: String) throws -> IOMemory { try IOMemory(Array(text.utf8), from: path) }

    private static let good = "00001000-0009fbff : System RAM\n00100000-7ffdffff : System RAM\n  6e000000-7dffffff : Crash kernel\n"

    static let garbled = [
        "100000-1fffff: System RAM", "100000-1fffff :System RAM", "100000-1fffff System RAM", "100000 - 1fffff : System RAM",
        "1fffff-100000 : System RAM", "-1fffff : System RAM", "100000- : System RAM", "100000-", "100000", "", "  ",
        "10000000000000000-1ffffffffffffffff : System RAM", "0-ffffffffffffffff : System RAM", "10g000-1fffff : System RAM",
        "0x-1 : System RAM", "\t100000-1fffff : System RAM", "100000-1fffff", "-", " : ", "\u{0}", "１00000-1fffff : System RAM",
        "--1 : System RAM", "+1-2 : System RAM",
    ]

    @Test(arguments: garbled) func aGarbledLineIsNamed(_ line: String) {
        for before in 0...2 {
            let text =
                Self.good.split(separator: "\n", omittingEmptySubsequences: false).prefix(before).map { $0 + "\n" }.joined()
                + line + "\n" + Self.good
            let error = #expect(throws: HostStateError.self, "'\(line)'") { try parse(text) }
            #expect(error?.place == .init(kind: .garbled, path: path, line: before + 1))
            #expect(error?.description.hasPrefix("/somewhere/proc/iomem: line \(before + 1): ") == true)
        }
    }

    @Test func formsThatTheKernelWrites() throws {
        // No line end behind the last line, a name with blanks and colons, an address above 4 GiB.
        let memory = try parse("00000000-00000fff : Reserved\nfd00000000-ffffffffff : a name : with colons ")
        #expect(memory.resources.map(\.name) == ["Reserved", "a name : with colons "])
        #expect(memory.resources.map(\.range.last.rawValue) == [0xfff, 0xff_ffff_ffff])
        #expect(try parse("00000000-00000000 : one byte\n00000001-00000001 : another\n").resources.count == 2)
        #expect(try parse("0-fffffffffffffffe : everything").resources.first?.range.end.rawValue == .max)
    }

    @Test func nothing() {
        #expect(throws: HostStateError.garbled(path, line: 1, found: "", allowed: "a list of memory ranges")) { try parse("") }
    }

    /// What the kernel shows to those without CAP_SYS_ADMIN.
    @Test(arguments: Fixture.allCases) func hiddenAddresses(_ fixture: Fixture) throws {
        let machine = try fixture.copy()
        let hidden = try String(decoding: fixture.bytes("proc/iomem"), as: UTF8.self).split(separator: "\n").map { line in
            let level = line.prefix { $0 == " " }
            let name = line.split(separator: ":", maxSplits: 1)[1]
            return "\(level)00000000-00000000 :\(name)\n"
        }
        try machine.write(hidden.joined(), to: "proc/iomem")
        let error = #expect(throws: HostStateError.addressesHidden(machine.file("proc/iomem"))) {
            try HostState.read(SystemRoot(machine.path))
        }
        #expect(error?.description.contains("root") == true)
    }

    /// RAM that drivers added stands under names of its own, at any level.
    @Test func whatIsRAM() throws {
        let memory = try parse(
            """
            00001000-0009ffff : System RAM
            100000000-1ffffffff : CXL Window 0
              100000000-17fffffff : region0
                100000000-17fffffff : dax0.0
                  100000000-17fffffff : System RAM (kmem)
            200000000-2ffffffff : virtio0
              200000000-207ffffff : System RAM (virtio_mem)
            300000000-3ffffffff : System RAMdisk
            400000000-4ffffffff : Not System RAM

            """.dropLast(1) + "\n")
        #expect(memory.dumpedRAM.map(\.start.rawValue) == [0x1000, 0x1_0000_0000, 0x2_0000_0000])
        #expect(memory.nextKernelRAM.map(\.start.rawValue) == [0x1000])
        #expect(memory.imageRAM.map(\.start.rawValue) == [0x1000])
        #expect(memory.resources.map(\.level) == [0, 0, 1, 2, 3, 0, 1, 0, 0])
    }

    /// What plain RAM lies in decides whose it is: Linux 5.1 to 5.7 gave RAM that dax_kmem added no name of its own. A window of CXL says
    /// nothing; and a line whose own parent is missing (a snapshot of an older swkexec) may be anybody's.
    @Test func ownersOfPlainRAM() throws {
        let memory = try parse(
            """
            00001000-0009ffff : System RAM
            100000000-1ffffffff : CXL Window 0
              100000000-17fffffff : System RAM
            200000000-2ffffffff : Persistent Memory
              200000000-2ffffffff : dax0.0
                200000000-2ffffffff : System RAM
            300000000-3ffffffff : Soft Reserved
              300000000-3ffffffff : System RAM
            400000000-4ffffffff : CXL Window 1
              400000000-4ffffffff : region0
                400000000-4ffffffff : System RAM
            500000000-5ffffffff : Reserved
                500000000-5ffffffff : System RAM
            600000000-6ffffffff : System RAM

            """.dropLast(1) + "\n")
        #expect(memory.dumpedRAM.map { $0.start.rawValue >> 32 } == [0, 1, 2, 3, 4, 5, 6])
        #expect(memory.nextKernelRAM.map { $0.start.rawValue >> 32 } == [0, 1, 6])
        #expect(memory.imageRAM == memory.nextKernelRAM)
    }

    /// A part of RAM with a name of its own is somebody's; the running kernel and what the crash kernel has are no part that stays.
    @Test func partsOfRAM() throws {
        let memory = try parse(
            """
            00100000-7fffffff : System RAM
              01000000-01ffffff : Kernel code
              02000000-02ffffff : Kernel data
              10000000-1fffffff : Crash kernel
              30000000-300fffff : reserved
              40000000-400fffff : ramoops:dump(0/2)

            """.dropLast(1) + "\n")
        #expect(memory.imageRAM.map { [$0.start.rawValue, $0.end.rawValue] } == [[0x10_0000, 0x4000_0000], [0x4010_0000, 0x8000_0000]])
        #expect(memory.nextKernelRAM.map { [$0.start.rawValue, $0.end.rawValue] } == [[0x10_0000, 0x8000_0000]])
    }

    /// Far more than any machine has; every one must be found in the dump.
    @Test func twelveThousandRangesAreAllThere() throws {
        var machine = SyntheticSysroot()
        for index in 0..<12_000 as Range<UInt64> {
            let start = 0x1_0000_0000 + index * 0x200_0000
            machine.iomem.append(.init(start, start + 0xff_ffff, "System RAM"))
        }
        let folder = try machine.write()
        let host = try HostState.read(SystemRoot(folder.path))
        #expect(host.dumpedRAM.count == 12_002)
        #expect(host.dumpedRAM.dropFirst(2).map(\.start.rawValue) == (0..<12_000).map { 0x1_0000_0000 + $0 * 0x200_0000 })
        #expect(host.dumpedRAM.dropFirst(2).allSatisfy { $0.size.rawValue == 0x100_0000 })
    }

    @Test func randomDamageIsAnErrorOrAsManyResourcesAsLines() throws {
        var generator = SeededGenerator(seed: 1)
        let whole = try Fixture.efi.bytes("proc/iomem")
        var accepted = 0
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
                    [0x0a, 0x20, 0x2d, 0x3a, 0x30, 0x66, 0, 0xff, 0x7a][Int.random(in: 0..<9, using: &generator)]
            }
            guard let memory = try? IOMemory(bytes, from: path) else { continue }
            let ends = bytes.count { $0 == 0x0a } + (bytes.last == 0x0a ? 0 : 1)
            #expect(memory.resources.count == ends)
            accepted += 1
        }
        #expect(accepted > 100)
    }
}
