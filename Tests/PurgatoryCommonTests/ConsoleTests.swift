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

    func check(
        shapes: [purgatory_shape], digest: [UInt8]
    ) -> (passed: Bool, printed: String) {
        var passed = false
        let text = printed {
            passed = unsafe purgatory_checks_pass(
                shapeList(shapes), regionList([(kernel.address, 14)]), digest,
                sha256_best_implementation())
        }
        return (passed, text)
    }

    static let mismatch = """
        swkexec purgatory: SHA-256 mismatch, the new kernel is not started\r
          expected 0000000000000000000000000000000000000000000000000000000000000000\r
          computed 47627ccc006845003df991118601a1823eaa09c420bc39b7b48a8d29f9341df7\r

        """

    @Test func successIsSilent() {
        let result = check(shapes: [], digest: sha256(Array("the new kernel".utf8)))
        #expect(result.passed)
        #expect(result.printed == "")
    }

    @Test func aMismatchShowsBothDigests() {
        let result = check(shapes: [], digest: [UInt8](repeating: 0, count: 32))
        #expect(!result.passed)
        #expect(result.printed == Self.mismatch)
    }

    /// What is said of a segment with a bad shape, and in which order.
    @Test func everyFailedCheckIsReported() {
        let zeroes = Memory([UInt8](repeating: 0, count: 4096))
        let address = "0x" + String(zeroes.address, radix: 16)
        let shapes = (0..<4).map {
            purgatory_shape(start: zeroes.address, memory_size: 4096, kind: $0, machine: 62)
        }
        let result = withExtendedLifetime(zeroes) {
            check(shapes: shapes, digest: [UInt8](repeating: 0, count: 32))
        }
        #expect(!result.passed)
        #expect(
            result.printed == """
                swkexec purgatory: elfcorehdr at \(address): no ELF magic, the new kernel is not started\r
                swkexec purgatory: fdt at \(address): no FDT magic, the new kernel is not started\r
                swkexec purgatory: segment at \(address): purgatory does not know this kind of shape, \
                the new kernel is not started\r

                """ + Self.mismatch)
    }

    /// A bad shape alone stops the kernel, in the last entry too.
    @Test func aBadShapeIsEnough() {
        let zeroes = Memory([UInt8](repeating: 0, count: 64))
        let unused = [purgatory_shape](repeating: purgatory_shape(), count: 15)
        let bad = purgatory_shape(start: zeroes.address, memory_size: 64, kind: 2, machine: 0)
        let result = withExtendedLifetime(zeroes) {
            check(shapes: unused + [bad], digest: sha256(Array("the new kernel".utf8)))
        }
        #expect(!result.passed)
        #expect(!result.printed.contains("SHA-256"))
    }

    @Test func addressesHaveNoLeadingZeroes() {
        for (address, text) in [
            (0, "0x0"), (0xf, "0xf"), (0x7300_0000, "0x73000000"), (UInt64.max, "0xffffffffffffffff"),
        ] as [(UInt64, String)] {
            var shape = purgatory_shape(start: address, memory_size: 0, kind: 1, machine: 0)
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
