import PlanFile
import TestSupport
import Testing

/// A file that is not whole is refused, whatever is wrong with it.
struct DamageTests {
    @Test func everyTruncation() throws {
        let whole = try SamplePlan().bytes()
        for count in 0..<whole.count {
            let error = refusal(of: Array(whole.prefix(count)))
            switch error {
            case .notAPlanFile where count < 8, .tooShort(count) where count < 160, .size(stated: UInt64(whole.count), actual: count):
                continue
            default: Issue.record("\(count) bytes: \(String(describing: error))")
            }
        }
        #expect(refusal(of: whole + [0]) == .size(stated: UInt64(whole.count), actual: whole.count + 1))
    }

    @Test func everyFlippedBit() throws {
        var sample = SamplePlan()
        sample.segments = [(.kernel, 0x7000_0000, 1, 20), (.purgatory, 0x7200_0000, 1, 9), (.elfcorehdr, 0x7f00_0000, 1, 30)]
        let whole = try sample.bytes()
        for byte in whole.indices {
            for bit in 0..<8 {
                var flipped = whole
                flipped[byte] ^= 1 << UInt8(bit)
                if refusal(of: flipped) == nil { Issue.record("bit \(bit) of byte \(byte)") }
            }
        }
    }

    @Test func otherFiles() {
        #expect(refusal(of: []) == .notAPlanFile)
        #expect(refusal(of: Array("#!/bin/sh\n".utf8)) == .notAPlanFile)
        #expect(refusal(of: [UInt8](repeating: 0, count: 4096)) == .notAPlanFile)
    }

    @Test(arguments: [1, 3] as [UInt8]) func anotherVersion(_ version: UInt8) throws {
        var bytes = try SamplePlan().bytes()
        bytes[8] = version
        #expect(refusal(of: bytes) == .version(UInt32(version)))
    }
}
