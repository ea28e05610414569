import ByteStorage
import HostState
import PlanFile
import TestSupport
import Testing

/// Files whose SHA-256 is right and whose contents are not: each rule of the format is named, by both
/// readers in the same words.
@Suite(.enabled(if: ApplierProgram.isForThisMachine))
struct MalformedTests {
    private let applier: ApplierProgram
    private let good: [UInt8]

    // Where the tables of the sample are.
    private static let segments = 160, regions = segments + 4 * 48, facts = regions + 16

    init() throws {
        applier = try ApplierProgram()
        good = try SamplePlan().bytes()
    }

    /// Field, its width, the value written into it, and the rule that is then broken.
    @Test(
        arguments: [
            (128, 4, 0, "segmentCount is not 1 to 16"),
            (128, 4, 17, "segmentCount is not 1 to 16"),
            (128, 4, 0xffff_ffff, "segmentCount is not 1 to 16"),
            (132, 4, 0, "regionCount is not 1 to 16"),
            (132, 4, 17, "regionCount is not 1 to 16"),
            (136, 4, 0, "factCount is not 1 to 64"),
            (136, 4, 65, "factCount is not 1 to 64"),
            (140, 4, 0xffff_ffff, "textSize is too large"),
            (140, 4, 0x1_0000, "textSize is too large"),
            (140, 4, 1, "headSize does not fit the counts"),
            (12, 4, 0, "headSize does not fit the counts"),
            (58, 2, 0, "purpose is neither 1 nor 2"),
            (58, 2, 3, "purpose is neither 1 nor 2"),
            (60, 4, 7, "options has unknown bits"),
            (58, 2, 2, "options: hotplug is for a panic only"),
            (72, 8, 0x3e_0001, "flags do not go with machine, purpose and options"),
            (72, 8, 0x3e_0008, "flags do not go with machine, purpose and options"),
            (72, 8, 0x3e_000b, "flags do not go with machine, purpose and options"),
            (72, 8, 0x1_003e_0009, "flags do not go with machine, purpose and options"),
            (56, 2, 21, "flags do not go with machine, purpose and options"),
            (80, 8, 0x3e_0001, "olderFlags do not go with machine, purpose and options"),
            (144, 4, 0xffff_ffff, "architecture is not a name"),
            (148, 4, 0, "architecture is not a name"),
            (148, 4, 33, "architecture is not a name"),
            (156, 4, 0xffff_ffff, "commandLine is not a text without NUL"),
            (60, 4, 1, "digest and coveredBytes are not 0 though nothing is checked"),
            (120, 8, 1, "coveredBytes is not the size of the covered segments"),
            (64, 8, 0x6e00_0000, "entry lies in no segment"),
            (segments, 4, 0xffff_fff0, "segment 0: role is not a name"),
            (segments + 8, 4, 3, "segment 0: digestRule is not 0 to 2"),
            (segments + 12, 4, 1, "segment 0: reserved is not 0"),
            (segments + 16, 8, 0x7000_0001, "segment 0: its memory is not whole pages above the segment before"),
            (segments + 24, 8, 0, "segment 0: its memory is not whole pages above the segment before"),
            (segments + 24, 8, 0xffff_ffff_ffff_f000, "segment 0: its memory is not whole pages above the segment before"),
            (segments + 48 + 16, 8, 0x7000_3000, "segment 1: its memory is not whole pages above the segment before"),
            (segments + 16, 8, 0x1000, "segment 0: its memory lies in no region"),
            (segments + 3 * 48 + 24, 8, 0x100_1000, "segment 3: its memory lies in no region"),
            (segments + 24, 8, 0x1000, "segment 0: loadedSize is more than memorySize"),
            (segments + 32, 8, 0, "segment 0: fileOffset is not where the bytes before end"),
            (segments + 40, 8, 0, "segment 1: fileOffset is not where the bytes before end"),
            (segments + 3 * 48 + 40, 8, 399, "bytes follow those of the last segment"),
            (segments + 3 * 48 + 40, 8, 401, "segment 3: its bytes end after the file"),
            (segments + 3 * 48 + 8, 4, 0, "options and the segments' digest rules do not go together"),
            (regions, 8, 0xffff_ffff_ffff_0000, "region 0: it is empty, wraps or is not above the one before"),
            (regions + 8, 8, 0, "region 0: it is empty, wraps or is not above the one before"),
            (facts, 2, 0, "fact 0: rule is not 1 to 6"),
            (facts, 2, 7, "fact 0: rule is not 1 to 6"),
            (facts + 2, 2, 2, "fact 0: attributes has unknown bits"),
            (facts + 4, 4, 1, "fact 0: reserved is not 0"),
            (facts + 16, 4, 0xffff_ffff, "fact 0: a text lies outside the texts"),
            (facts + 12, 4, 0, "fact 0: subject is not a text of 1 to 64 characters"),
            (facts + 20, 4, 3, "fact 0: path is none in proc/ or sys/"),
            (facts + 28, 4, 1, "fact 0: numbers do not go with path and rule"),
            (facts + 36, 4, 1, "fact 0: selector does not go with the rule"),
            (facts + 44, 4, 0, "fact 0: expected is not 1 to 4096 bytes"),
            (facts + 4 * 48 + 44, 4, 31, "fact 4: expected is not 32 bytes"),
            (facts + 4 * 48 + 28, 4, 0, "fact 4: numbers do not go with path and rule"),
        ] as [(Int, Int, UInt64, String)])
    func rules(_ offset: Int, _ width: Int, _ value: UInt64, _ rule: String) throws {
        var file = good
        file.putLittleEndian(value, at: offset, width: width)
        file = file.resealed()
        #expect(refusal(of: file) == .malformed(rule))
        #expect(try applier.refusal(of: file) == "malformed plan file: \(rule)")
    }

    /// Texts by which a fact would look where it has no business, or that cannot be checked.
    @Test(arguments: [
        ("path", "/proc/version"), ("path", "etc/shadow"), ("path", "proc/../etc/shadow"), ("path", "proc//version"),
        ("path", "proc/"), ("path", "proc"), ("path", "sys/./x"), ("path", "sys/.."), ("path", "dev/watchdog"),
        ("path", "proc/a b"), ("path", "proc/a\nb"), ("path", "proc/\u{fc}"), ("path", "proc/" + String(repeating: "x", count: 252)),
        ("numbers", "3-1"), ("numbers", "0,0"), ("numbers", "1-2,2"), ("numbers", ","), ("numbers", "0-65536"), ("numbers", "0-"),
        ("numbers", "-1"), ("numbers", "99999999999999999999999"), ("numbers", "1 2"), ("numbers", "1,,2"), ("numbers", "1-2-3"),
        ("subject", "two\nlines"), ("subject", String(repeating: "x", count: 65)), ("selector", "\u{1b}[2J"),
        ("selector", String(repeating: "x", count: 257)), ("expected", String(repeating: "x", count: 33)),
    ])
    func texts(_ field: String, _ text: String) throws {
        let places = ["subject": 8, "path": 16, "numbers": 24, "selector": 32, "expected": 40]
        let rules = [
            "subject": "subject is not a text of 1 to 64 characters", "path": "path is none in proc/ or sys/",
            "numbers": "numbers do not go with path and rule", "selector": "selector does not go with the rule",
            "expected": "expected is not 32 bytes",
        ]
        var sample = SamplePlan()
        sample.facts.reverse()  // the digest of the crash notes, which has every field
        // The command line can be anything: the field is made to name its text.
        sample.commandLine = text
        var file = try sample.bytes()
        let place = Self.facts + (try #require(places[field]))
        file.replaceSubrange(place..<place + 8, with: Array(file[152..<160]))
        file = file.resealed()
        let rule = "fact 0: \(try #require(rules[field]))"
        #expect(refusal(of: file) == .malformed(rule))
        #expect(try applier.refusal(of: file) == "malformed plan file: \(rule)")
    }

    @Test func lists() throws {
        for list in ["0", "0-3", "0,2,4", "65535", "0-65535", "007", "1-1"] {
            var sample = SamplePlan()
            sample.facts = [
                Precondition(.digest, subject: "CPUs", path: "sys/cpu*/x", numbers: list, expected: [UInt8](repeating: 1, count: 32))
            ]
            let file = try sample.bytes()
            #expect(refusal(of: file) == nil, "\(list)")
            #expect(try applier.refusal(of: file) == nil, "\(list)")
        }
    }

    /// Whatever stands in the head, neither reader falls over it, and both say the same.
    @Test func hostileNumbers() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        var accepted = 0
        for round in 0..<600 {
            var file = good
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let width = [1, 2, 4, 8][Int.random(in: 0..<4, using: &generator)]
                let head = Int(file.littleEndian(at: 12, width: 4))
                let offset = Int.random(in: 56...min(head, good.count) - width, using: &generator) / width * width
                file.putLittleEndian(generator.hostileNumber() & (width == 8 ? .max : 1 << UInt64(8 * width) - 1), at: offset, width: width)
            }
            file = file.resealed()
            let here = refusal(of: file)
            // A role that only Swift has a type for is the one difference.
            if let here, case .malformed(let rule) = here, rule.hasSuffix("role is none that this program knows") { continue }
            if here == nil { accepted += 1 }
            let there = try applier.refusal(of: file)
            #expect(there == here?.description, "round \(round)")
        }
        #expect(accepted > 10)  // else too much was changed to be interesting
    }

    @Test func damage() throws {
        #expect(try applier.refusal(of: good) == nil)
        for count in [0, 7, 8, 100, 159, 160, 161, 1000, good.count - 1] {
            let cut = Array(good.prefix(count))
            #expect(try applier.refusal(of: cut) == refusal(of: cut)?.description, "\(count) bytes")
        }
        #expect(try applier.refusal(of: good + [0]) == refusal(of: good + [0])?.description)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<100 {
            var flipped = good
            flipped[Int.random(in: good.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let expected = try #require(refusal(of: flipped))
            #expect(try applier.refusal(of: flipped) == expected.description)
        }
    }
}
