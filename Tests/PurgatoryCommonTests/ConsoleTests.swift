import CPurgatoryCommon
import CSHA256
import Synchronization
import Testing

private let console = Mutex<[UInt8]>([])

/// The hook that every architecture's folder supplies.
@c(purgatory_putchar) @implementation
func purgatory_putchar(_ character: CChar) {
    console.withLock { $0.append(UInt8(bitPattern: character)) }
}

/// There is one console, so one test at a time.
@Suite(.serialized) struct ConsoleTests {
    let kernel = Memory([UInt8]("the new kernel".utf8))

    func printed(_ body: () -> Void) -> String {
        console.withLock { $0 = [] }
        body()
        return console.withLock { String(decoding: $0, as: UTF8.self) }
    }

    func check(_ segments: [purgatory_segment], digest: [UInt8]) -> (passed: Bool, printed: String) {
        var passed = false
        let text = printed {
            var record = record(segments, digest: digest)
            passed = unsafe purgatory_checks_pass(&record, sha256_best_implementation())
        }
        return (passed, text)
    }

    var kernelSegment: purgatory_segment {
        digested(kernel.address, 14, checksum: VerifyTests.checksum([UInt8]("the new kernel".utf8)))
    }
    let goodDigest = sha256(Array("the new kernel".utf8))
    let noDigest = [UInt8](repeating: 0, count: 32)

    static let mismatch = "swkexec purgatory: SHA-256 mismatch, the new kernel is not started\r\n"
    static let noneChanged = "  changed: no segment, but what purgatory knows of them\r\n"
    /// The second one is what sha256sum prints of the new kernel.
    static let digests = """
          expected 0000000000000000000000000000000000000000000000000000000000000000\r
          computed 47627ccc006845003df991118601a1823eaa09c420bc39b7b48a8d29f9341df7\r

        """

    @Test func successIsSilent() {
        let result = check([kernelSegment], digest: goodDigest)
        #expect(result.passed)
        #expect(result.printed == "")
    }

    @Test func aMismatchShowsBothDigests() {
        let result = check([kernelSegment], digest: noDigest)
        #expect(!result.passed)
        #expect(result.printed == Self.mismatch + Self.noneChanged + Self.digests)
    }

    /// Each changed segment by role and address, and no other; the roles as the loader prints them.
    @Test func aMismatchNamesWhatChanged() {
        let roles = [
            "kernel", "initrd", "fdt", "elfcorehdr", "bootParameters", "realMode", "setupData", "purgatory", "module", "backup", "segment",
        ]
        let others = roles.indices.map { Memory([UInt8](repeating: UInt8($0), count: 100 + $0)) }
        let segments = roles.indices.map { index in
            var segment = digested(others[index].address, UInt64(100 + index))
            segment.role = UInt32(index + 1)
            segment.checksum = VerifyTests.checksum([UInt8](repeating: UInt8(index), count: 100 + index))
            return segment
        }
        let digest = sha256([UInt8]("the new kernel".utf8) + roles.indices.flatMap { [UInt8](repeating: UInt8($0), count: 100 + $0) })
        for changed in [[], [0], [3], [10], [1, 4, 9], Array(roles.indices)] {
            for index in changed { others[index][50] ^= 4 }
            let result = check([kernelSegment] + segments, digest: digest)
            for index in changed { others[index][50] ^= 4 }
            #expect(result.passed == changed.isEmpty)
            let named = changed.map { "  changed: \(roles[$0]) at 0x\(String(others[$0].address, radix: 16))\r\n" }.joined()
            #expect(result.printed.hasPrefix(changed.isEmpty ? "" : Self.mismatch + named + "  expected "))
            #expect(result.printed.contains("changed: ") == !changed.isEmpty)
        }
    }

    /// What is said of a segment with a bad shape, and in which order.
    @Test func everyFailedCheckIsReported() {
        let zeroes = Memory([UInt8](repeating: 0, count: 4096))
        let address = "0x" + String(zeroes.address, radix: 16)
        let shapes = [
            shaped(zeroes.address, 4096, check: 2), shaped(zeroes.address, 4096, check: 3, role: PURGATORY_ROLE_FDT),
            shaped(zeroes.address, 4096, check: 4, role: purgatory_role(rawValue: 77)),
        ]
        let result = withExtendedLifetime(zeroes) { check([kernelSegment] + shapes, digest: noDigest) }
        #expect(!result.passed)
        #expect(
            result.printed == """
                swkexec purgatory: elfcorehdr at \(address): no ELF magic, the new kernel is not started\r
                swkexec purgatory: fdt at \(address): no FDT magic, the new kernel is not started\r
                swkexec purgatory: segment at \(address): purgatory does not know this kind of check, \
                the new kernel is not started\r

                """ + Self.mismatch + Self.noneChanged + Self.digests)
    }

    /// A bad shape alone stops the kernel, in the last entry too.
    @Test func aBadShapeIsEnough() {
        let zeroes = Memory([UInt8](repeating: 0, count: 64))
        let unused = [purgatory_segment](repeating: purgatory_segment(), count: 14)
        let bad = shaped(zeroes.address, 64, check: PURGATORY_CHECK_FDT.rawValue, role: PURGATORY_ROLE_FDT)
        let result = withExtendedLifetime(zeroes) { check([kernelSegment] + unused + [bad], digest: goodDigest) }
        #expect(!result.passed)
        #expect(!result.printed.contains("SHA-256"))
    }

    @Test func addressesHaveNoLeadingZeroes() {
        for (address, text) in [
            (0, "0x0"), (0xf, "0xf"), (0x7300_0000, "0x73000000"), (UInt64.max, "0xffffffffffffffff"),
        ] as [(UInt64, String)] {
            var shape = shaped(address, 0, check: PURGATORY_CHECK_ELFCOREHDR.rawValue)
            let text = "swkexec purgatory: elfcorehdr at \(text): x, the new kernel is not started\r\n"
            #expect(printed { unsafe purgatory_report_shape(&shape, "x") } == text)
        }
    }

    /// A page fault of x86_64, and instructions of SIMD in streaming mode on aarch64 (class 0x1d).
    @Test func anExceptionShowsWhatTheCPUTells() {
        #expect(
            printed { purgatory_report_exception(14, 0, 0x7300_1234, 0xffff_8000_0000_0000) }
                == "swkexec purgatory: exception 0xe with syndrome 0x0, instruction at 0x73001234, "
                + "data at 0xffff800000000000, the new kernel is not started\r\n")
        #expect(
            printed { purgatory_report_exception(0x1d, 0x7600_0001, 0x4f9e_2864, 0) }
                == "swkexec purgatory: exception 0x1d with syndrome 0x76000001, instruction at 0x4f9e2864, data at 0x0, "
                + "the new kernel is not started\r\n")
    }

    @Test func theLastLineSaysWhatHappens() {
        #expect(printed { purgatory_report_end(false) } == "swkexec purgatory: halted\r\n")
        #expect(
            printed { purgatory_report_end(true) } == "swkexec purgatory: resetting the machine\r\n")
    }
}
