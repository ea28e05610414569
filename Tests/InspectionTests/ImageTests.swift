import ByteStorage
import Inspection
import LoadPlan
import PhysicalMemory
import Purgatory
import SHA256
import TestSupport
import Testing

/// The image itself: whether it is what was loaded.
struct ImageTests {
    @Test(arguments: [true, false]) func anImageIsReadAsItWasPlanned(_ hotplug: Bool) throws {
        let machine = try LoadedMachine(hotplug: hotplug)
        let inspection = try machine.inspect(wantsDigests: true)
        #expect(inspection.findings.isEmpty, "\(inspection.findings)")
        #expect(inspection.isIntact == true && inspection.isCurrent)
        #expect(inspection.origin == .swkexec(record: try machine.recordAddress()))
        #expect(inspection.entry == machine.plan.entry)
        #expect(inspection.isHotplug == hotplug)
        #expect(inspection.commandLine?.bytes == machine.plan.commandLine.bytes)
        let digest = try #require(machine.plan.digest?.value)
        #expect(inspection.digest == .compared(expected: digest, computed: digest))
        #expect(inspection.segments.map(\.role) == machine.plan.segments.map(\.role))
        #expect(inspection.segments.map(\.memory) == machine.plan.segments.map(\.memory))
        #expect(inspection.segments.map(\.loadedSize) == machine.plan.segments.map(\.loadedSize))
        #expect(inspection.segments.map(\.digestRule) == machine.plan.segments.map(\.digestRule))
        #expect(inspection.segments.map(\.sha256) == machine.plan.segments.map { SHA256.digest(of: $0.contents) })
        #expect(inspection.segments.allSatisfy { $0.state == .unchanged })
        #expect(inspection.remains.isEmpty)
    }

    /// The first, a middle and the last loaded byte of each segment that nobody may write to.
    @Test func aChangedByteNamesItsSegment() throws {
        let machine = try LoadedMachine()
        for segment in machine.plan.segments where segment.digestRule != .excluded(because: .hotplug) && segment.contents.count > 0 {
            let last = segment.loadedSize.rawValue - 1
            for offset in segment.role == .purgatory ? [0, 1000] : [0, last / 2, last] {
                let address = segment.memory.start + offset
                try machine.flip(address)
                let inspection = try machine.inspect()
                #expect(inspection.findings == [.segmentChanged(segment.role, segment.memory)], "\(segment.role) at \(offset)")
                #expect(inspection.isIntact == false && inspection.isCurrent)
                if segment.digestRule == .included, case .compared(let expected, let computed) = inspection.digest {
                    #expect(expected != computed)
                }
                try machine.flip(address)
            }
        }
        #expect(try machine.inspect().findings.isEmpty)
    }

    /// What the kernel may rewrite, it has rewritten: no finding.
    @Test func aRewrittenHeaderIsNoDamage() throws {
        let machine = try LoadedMachine()
        // p_align of the first note, which nobody reads.
        try machine.flip(try machine.segment(.elfcorehdr).memory.start + 64 + 48)
        let inspection = try machine.inspect()
        #expect(inspection.findings.isEmpty)
        #expect(inspection.segments.first { $0.role == .elfcorehdr }?.state == .rewritten)
    }

    @Test func withoutTheDigestChecksumsStillTell() throws {
        let machine = try LoadedMachine { $0.checksDigest = false }
        #expect(try machine.inspect().digest == .unchecked)
        #expect(try machine.inspect().findings.isEmpty)
        let initrd = try machine.segment(.initrd).memory
        try machine.flip(initrd.start + 5)
        #expect(try machine.inspect().findings == [.segmentChanged(.initrd, initrd)])
    }

    @Test func aRecordThatWasWrittenOverIsDamage() throws {
        let machine = try LoadedMachine()
        let record = try machine.recordAddress()
        for offset: UInt64 in [44, 64, 97, 735] {
            try machine.flip(record + offset)
            let inspection = try machine.inspect()
            #expect(inspection.findings == [.recordDamaged(record)], "byte \(offset)")
            #expect(inspection.isIntact == false)
            #expect(inspection.header != nil)
            try machine.flip(record + offset)
        }
    }

    /// Another loader's: only the header can be compared.
    @Test func withoutARecordTheHeaderIsFoundByItsShape() throws {
        let machine = try LoadedMachine()
        try machine.flip(try machine.recordAddress())
        let inspection = try machine.inspect()
        #expect(inspection.origin == .other)
        #expect(inspection.digest == .unknown && inspection.isIntact == nil && inspection.isCurrent)
        #expect(inspection.header?.start == (try machine.segment(.elfcorehdr).memory.start))
        #expect(inspection.header?.room == nil)
        #expect(inspection.segments.isEmpty && inspection.findings.isEmpty)
    }

    @Test func severalHeadersAreSaidAndNotGuessed() throws {
        let machine = try LoadedMachine()
        try machine.flip(try machine.recordAddress())
        let header = try machine.segment(.elfcorehdr)
        let second = try machine.freePage()
        try machine.write(try machine.read(header.memory.start, 64), at: second)
        #expect(throws: InspectionError.severalHeaders([header.memory.start, second].sorted())) { try machine.inspect() }
    }

    /// Two loads, whose segments lie apart: only the kernel knows which one counts.
    @Test func remainsOfAnOlderLoadAreNotTakenForIt() throws {
        let older = try LoadedMachine {
            $0.memoryWindow = PhysicalRange(start: PhysicalAddress(0x6e00_0000), end: PhysicalAddress(0x6e40_0000))
        }
        let newer = try LoadedMachine {
            $0.memoryWindow = PhysicalRange(start: PhysicalAddress(0x6e40_0000), end: PhysicalAddress(0x6e80_0000))
        }
        try newer.load(older.plan)
        let records = try [older.recordAddress(), newer.recordAddress()]
        #expect(throws: InspectionError.severalRecords(records)) { try newer.inspect() }
        let inspection = try newer.inspect(liveEntry: newer.plan.entry)
        #expect(inspection.origin == .swkexec(record: records[1]))
        #expect(inspection.remains == [records[0]])
        #expect(inspection.findings.isEmpty)
        // Of a copy of a record its own address says that it is one.
        let copy = try newer.freePage()
        try newer.write(try newer.read(records[1], PurgatoryRecord.size), at: copy)
        #expect(try newer.inspect(liveEntry: newer.plan.entry).remains == [records[0], copy])
    }

    @Test func memoryThatCannotBeTold() throws {
        let machine = try LoadedMachine()
        let size = Int(LoadedMachine.region.last - LoadedMachine.region.start + 1)
        try machine.write([UInt8](repeating: 0, count: size), at: PhysicalAddress(LoadedMachine.region.start))
        #expect(throws: InspectionError.allZero) { try machine.inspect() }
        try machine.write([UInt8](repeating: 0x5a, count: 4096), at: PhysicalAddress(LoadedMachine.region.start))
        #expect(throws: InspectionError.nothingKnown(rejected: nil)) { try machine.inspect() }
        // Cut off by the region's end.
        let last = PhysicalAddress(LoadedMachine.region.last - 63)
        try machine.write(PurgatoryRecord.magic + [1, 0, 0, 0, 0xe0, 2, 0, 0], at: last)
        #expect(throws: InspectionError.nothingKnown(rejected: .cutOff)) { try machine.inspect() }
    }

    @Test func memoryThatIsNotShown() throws {
        // A recorded /proc/kcore holds headers and no memory.
        let machine = try LoadedMachine()
        let core = try machine.folder.read("proc/kcore").prefix(4096)
        try machine.folder.write(Array(core), to: "proc/kcore")
        #expect {
            try machine.inspect()
        } throws: {
            if case InspectionError.memory(.notThere)? = $0 as? InspectionError { true } else { false }
        }
        // RAM, but for the region, as arm64 kernels before 6.4 map it.
        var unmapped = LoadedMachine.synthetic
        unmapped.core = [
            .init(virtual: 0xffff_ffff_8100_0000, physical: 0x100_0000, size: 0x2c3_0000),
            .init(virtual: SyntheticSysroot.directMap + 0x100000, physical: 0x100000, size: 0x6000_0000),
        ]
        let folder = try unmapped.write()
        try machine.folder.write(try folder.read("proc/kcore"), to: "proc/kcore")
        #expect {
            try machine.inspect()
        } throws: {
            if case InspectionError.memory(.unmapped)? = $0 as? InspectionError { true } else { false }
        }
    }
}
