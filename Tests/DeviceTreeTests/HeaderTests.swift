import BinaryLayout
import DeviceTree
import PhysicalMemory
import TestSupport
import Testing

/// Headers that lie, and reservations.
@Suite struct HeaderTests {
    private let sample = SyntheticBlob.sample

    private func with(_ offset: Int, _ value: UInt32) -> [UInt8] {
        var blob = sample
        blob.lies[offset] = value
        return blob.bytes
    }

    @Test func whatTheSampleHolds() throws {
        let tree = try parse(sample.bytes)
        #expect(tree.bootCPU == 3)
        #expect(tree.reservations.map(\.start.rawValue) == [0x8000_0000, 0x8000_8000])
        #expect(tree.reservations.map(\.size.rawValue) == [0x1_0000, 0x1_0000])
        #expect(tree.root.name == "")
        #expect(tree.root.properties.map(\.name) == ["#address-cells", "#size-cells", "model"])
        #expect(tree.root.children.map(\.name) == ["chosen", "memory@80000000", "soc"])
        #expect(tree.root.children[0].properties == [.init("bootargs", Array("quiet\0".utf8)), .init("empty")])
        #expect(tree.root.children[2].children[0].children.map(\.name) == ["serial@2f8"])
    }

    @Test func truncatedAtEveryByte() {
        let whole = sample.bytes
        for length in 0..<whole.count {
            #expect(throws: DeviceTreeError.self, "\(length)") { try parse(Array(whole[..<length])) }
        }
        #expect(throws: DeviceTreeError.truncated(TruncatedBytes(what: "magic", offset: 0, needed: 4, available: 3))) {
            try parse(Array(whole[..<3]))
        }
        #expect(throws: DeviceTreeError.truncated(TruncatedBytes(what: "the header", offset: 0, needed: 40, available: 39))) {
            try parse(Array(whole[..<39]))
        }
        let size = whole.count
        #expect(throws: DeviceTreeError.truncated(TruncatedBytes(what: "totalsize", offset: 0, needed: size, available: size - 1))) {
            try parse(Array(whole[..<(size - 1)]))
        }
    }

    /// The same with a totalsize that fits what is left: the blocks do not.
    @Test func truncatedWithAHeaderThatKnows() {
        for length in 40..<sample.bytes.count {
            #expect(throws: DeviceTreeError.self, "\(length)") { try parse(Array(with(4, UInt32(length))[..<length])) }
        }
    }

    @Test func noMagic() {
        #expect(throws: DeviceTreeError.noMagic(0xedfe_0dd0)) { try parse(with(0, 0xedfe_0dd0)) }
    }

    @Test(arguments: [UInt32(0), 1, 3, 15]) func oldVersions(_ version: UInt32) {
        #expect(throws: DeviceTreeError.field("version", at: 20, version, allowed: "must be 16 or newer")) { try parse(with(20, version)) }
    }

    @Test func newVersions() throws {
        var blob = sample
        blob.version = 18
        blob.lastCompatible = 17
        #expect(try parse(blob.bytes) == (try parse(sample.bytes)))
        blob.lastCompatible = 18
        #expect(throws: DeviceTreeError.field("last_comp_version", at: 24, 18, allowed: "must be 17 or older")) { try parse(blob.bytes) }
        blob.version = 16
        blob.lastCompatible = 17
        #expect(throws: DeviceTreeError.field("last_comp_version", at: 24, 17, allowed: "must be 16 or older")) { try parse(blob.bytes) }
    }

    @Test(arguments: [UInt32(0), 39, (16 << 20) + 1, 0x7fff_ffff, 0x8000_0000, .max]) func totalsizes(_ size: UInt32) {
        #expect(throws: DeviceTreeError.field("totalsize", at: 4, size, allowed: "must be 40 to 16777216")) { try parse(with(4, size)) }
    }

    @Test func theLargestBlob() throws {
        var bytes = sample.bytes
        bytes += [UInt8](repeating: 0, count: DeviceTree.maximumSize - bytes.count)
        bytes.replaceSubrange(4..<8, with: word(UInt32(DeviceTree.maximumSize)))
        #expect(try parse(bytes) == (try parse(sample.bytes)))
    }

    @Test func bytesBehind() throws {
        var blob = sample
        blob.bytesBehind = [UInt8](repeating: 0, count: 1000)
        #expect(try parse(blob.bytes) == (try parse(sample.bytes)))
        blob.bytesBehind[999] = 1
        #expect(throws: DeviceTreeError.trailingBytes(at: sample.bytes.count + 999)) { try parse(blob.bytes) }
        // Two trees in one file: which is meant?
        #expect(throws: DeviceTreeError.trailingBytes(at: sample.bytes.count)) { try parse(sample.bytes + sample.bytes) }
    }

    private static let numbers: [UInt32] = [0, 1, 2, 3, 39, 41, 0x7fff_ffff, 0x8000_0000, .max - 7, .max - 3, .max]

    @Test(arguments: [8, 12, 16], numbers) func offsetsOfBlocks(_ field: Int, _ offset: UInt32) throws {
        // The strings block may begin anywhere behind the header; there, it reaches too far or has other names.
        #expect(throws: DeviceTreeError.self) { try parse(with(field, offset)) }
        #expect(throws: DeviceTreeError.self) { try parse(with(field, UInt32(sample.bytes.count) + 1)) }
    }

    @Test func offsetsAreAligned() {
        let offset = UInt32(sample.structureOffset)
        #expect(throws: DeviceTreeError.field("off_dt_struct", at: 8, offset + 2, allowed: "must be a multiple of 4")) {
            try parse(with(8, offset + 2))
        }
        #expect(throws: DeviceTreeError.field("off_mem_rsvmap", at: 16, 44, allowed: "must be a multiple of 8")) { try parse(with(16, 44)) }
    }

    @Test(arguments: [32, 36], [UInt32(0x4000_0000), 0x7fff_ffff, 0x8000_0000, .max]) func sizesOfBlocks(_ field: Int, _ size: UInt32) {
        let error = #expect(throws: DeviceTreeError.self) { try parse(with(field, size)) }
        guard case .field(_, field, size, _)? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }

    // MARK: Memory reservations

    @Test func reservationsThatNeverEnd() {
        var blob = sample
        blob.endsReservations = false
        let end = blob.structureOffset
        #expect(throws: DeviceTreeError.reservation(at: end, "no entry of size 0 ends them before byte 0x\(String(end, radix: 16))")) {
            try parse(blob.bytes)
        }
        // Behind all other blocks they reach to the end of the blob.
        var bytes = sample.bytes
        let start = (bytes.count + 7) / 8 * 8
        bytes += [UInt8](repeating: 0, count: start - bytes.count) + [UInt8](repeating: 1, count: 24)
        bytes.replaceSubrange(4..<8, with: word(UInt32(bytes.count)))
        bytes.replaceSubrange(16..<20, with: word(UInt32(start)))
        #expect(
            throws: DeviceTreeError.reservation(
                at: start + 16, "no entry of size 0 ends them before byte 0x\(String(start + 24, radix: 16))")
        ) {
            try parse(bytes)
        }
    }

    @Test func reservationsThatWrap() {
        var blob = sample
        blob.reservations.append((0xffff_ffff_ffff_0000, 0x1_0001))
        #expect(throws: DeviceTreeError.reservation(at: 72, "0x10001 bytes at 0xffffffffffff0000 end beyond the last address of 64 bits")) {
            try parse(blob.bytes)
        }
    }

    /// Linux, libfdt and dtc stop there.
    @Test(.enabled(if: Dtc.isAvailable, Dtc.absence)) func aSizeOfZeroEndsThem() throws {
        var blob = sample
        blob.reservations.insert((0x1234, 0), at: 1)
        let tree = try parse(blob.bytes)
        #expect(tree.reservations.count == 1)
        #expect(firstDifference(try tree.flattened(), try Dtc.rewrite(blob.bytes)) == nil)
    }
}
