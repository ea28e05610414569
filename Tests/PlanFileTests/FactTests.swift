import Foundation
import HostState
import PlanFile
import SystemPackage
import TestSupport
import Testing

/// Whether a fact holds, by both programs: what swkexec says is what swkexec-apply says, on the same
/// recorded machine.
@Suite(.enabled(if: ApplierProgram.isForThisMachine))
struct FactTests {
    private let applier: ApplierProgram
    private let machine: TemporaryFolder

    init() throws {
        applier = try ApplierProgram()
        machine = try TemporaryFolder()
        try machine.write("one\n  two : x\n\n\ttwo : y \nthree\n", to: "proc/lines")
        try machine.write("exact\n", to: "proc/text")
        try machine.write([0, 0, 0, 0, 0x20, 0, 0, 0], to: "proc/binary")
        try machine.write([UInt8](repeating: 7, count: 65_530) + [1, 2, 3, 4, 5, 6, 7, 8], to: "proc/long")
        for (cpu, text) in [(0, "aa\n"), (1, "bb\n"), (4, " cc \n\n")] { try machine.write(text, to: "sys/cpu\(cpu)/notes") }
        try machine.write("", to: "proc/empty")
        try machine.write("x", to: "proc/folder/file")
    }

    /// The line that both programs refuse with; nil where both find that the fact holds.
    private func difference(_ fact: Precondition) throws -> String? {
        let root = SystemRoot(machine.path)
        let here = fact.difference(in: root)
        var sample = SamplePlan.ofThisMachine
        sample.facts = [fact]
        let path = try applier.folder.write(try sample.bytes(), to: "plan").string
        let result = try applier.run(["-n", "--sysroot=\(machine.path)", path])
        #expect(result.status == (here == nil ? 0 : 1))
        #expect(result.complaint == here.map { "\(path): made for another \(fact.subject): \($0)" })
        #expect(result.output.contains(here == nil ? "holds  " : "differs  "))
        return here.map { String($0.dropFirst("\(machine.path)/".count)) }
    }

    private func fact(_ rule: Precondition.Rule, _ path: String, _ expected: String, numbers: String = "", selector: String = "")
        -> Precondition
    {
        Precondition(rule, subject: "machine", path: path, numbers: numbers, selector: selector, expected: Array(expected.utf8))
    }

    @Test func equals() throws {
        #expect(try difference(fact(.equals, "proc/text", "exact\n")) == nil)
        #expect(try difference(fact(.equals, "proc/text", "exact")) == "proc/text is 'exact', the plan expects 'exact'")
        #expect(try difference(fact(.equals, "proc/text", "other\n")) == "proc/text is 'exact', the plan expects 'other'")
        #expect(try difference(fact(.equals, "proc/text", "exact\nand more")) == "proc/text is 'exact', the plan expects 'exact; and more'")
        #expect(try difference(fact(.equals, "proc/empty", "x")) == "proc/empty is empty, the plan expects 'x'")
        let binary = Precondition(.equals, subject: "machine", path: "proc/binary", expected: [0, 0, 0, 0, 0x20, 0, 0, 0])
        #expect(try difference(binary) == nil)
        let other = Precondition(.equals, subject: "machine", path: "proc/binary", expected: [0, 0, 0, 0, 0x30, 0, 0, 0])
        #expect(try difference(other) == "proc/binary is 0x0000000020000000, the plan expects 0x0000000030000000")
    }

    @Test func missing() throws {
        #expect(try difference(fact(.equals, "proc/none", "x")) == "proc/none does not exist, the plan expects 'x'")
        #expect(try difference(fact(.lines, "proc/text/none", "x")) == "proc/text/none does not exist, the plan expects 'x'")
        #expect(try difference(fact(.begins, "proc/folder", "x")) == "proc/folder is a directory, the plan expects 'x'")
    }

    @Test func begins() throws {
        #expect(try difference(fact(.begins, "proc/lines", "one\n")) == nil)
        // A tab is in it, so it is no text for a terminal.
        let whole = hexadecimal("one\n  two : x\n\n\ttwo : y \nthree")
        #expect(try difference(fact(.begins, "proc/lines", "two")) == "proc/lines is 0x\(whole), the plan expects 'two'")
        #expect(try difference(fact(.begins, "proc/text", "exact\nand more")) != nil)
        let long = String(repeating: "a", count: 100)
        try machine.write(long, to: "proc/long-text")
        #expect(try difference(fact(.begins, "proc/long-text", "b")) == "proc/long-text is '\(long.prefix(80))'..., the plan expects 'b'")
    }

    /// Nothing beyond 64 KiB is looked at: a file such as /proc/kcore has no end.
    @Test func contains() throws {
        #expect(try difference(Precondition(.contains, subject: "machine", path: "proc/long", expected: [7, 1, 2, 3, 4, 5, 6])) == nil)
        #expect(
            try difference(Precondition(.contains, subject: "machine", path: "proc/long", expected: [1, 2, 3, 4, 5, 6, 7]))
                == "proc/long does not have these bytes, the plan expects 0x01020304050607")
        #expect(try difference(fact(.contains, "proc/empty", "x")) == "proc/empty does not have these bytes, the plan expects 'x'")
    }

    @Test func lines() throws {
        #expect(try difference(fact(.lines, "proc/lines", "two : x\ntwo : y", selector: " : ")) == nil)
        #expect(try difference(fact(.lines, "proc/lines", "one\ntwo : x\ntwo : y\nthree")) == nil)
        #expect(try difference(fact(.lines, "proc/lines", "three", selector: "three")) == nil)
        #expect(
            try difference(fact(.lines, "proc/lines", "two : x", selector: " : "))
                == "proc/lines has 'two : x; two : y', the plan expects 'two : x'")
        #expect(
            try difference(fact(.lines, "proc/lines", "four", selector: "four")) == "proc/lines has no such line, the plan expects 'four'")
    }

    @Test func digest() throws {
        let lines = try Tool.sha256(of: Array("two : x\ntwo : y\n".utf8))
        let other = try Tool.sha256(of: [])
        #expect(try difference(digest("proc/lines", lines, selector: " : ")) == nil)
        #expect(
            try difference(digest("proc/lines", other, selector: " : "))
                == "proc/lines has in its lines with ' : ' the SHA-256 \(lines), the plan expects \(other)")
        #expect(try difference(digest("proc/empty", other)) == nil)
        #expect(try difference(digest("proc/none", other)) == "proc/none does not exist, the plan expects \(other)")
    }

    /// A file that is not there counts, too: the notes of a CPU that came later would be missing.
    @Test func digestOfManyFiles() throws {
        let notes = try Tool.sha256(of: Array("aa\nbb\n-\ncc\n".utf8))
        #expect(try difference(digest("sys/cpu*/notes", notes, numbers: "0-1,3-4")) == nil)
        #expect(try difference(digest("sys/cpu*/notes", notes, numbers: "0,1,3,4")) == nil)
        let fewer = try Tool.sha256(of: Array("aa\nbb\n".utf8))
        #expect(
            try difference(digest("sys/cpu*/notes", notes, numbers: "0-1"))
                == "sys/cpu[0-1]/notes has the SHA-256 \(fewer), the plan expects \(notes)")
        try machine.write("dd\n", to: "sys/cpu3/notes")
        #expect(
            try difference(digest("sys/cpu*/notes", notes, numbers: "0-1,3-4"))?.hasPrefix("sys/cpu[0-1,3-4]/notes has the SHA-256 ")
                == true)
    }

    private func digest(_ path: String, _ expected: String, numbers: String = "", selector: String = "") -> Precondition {
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(expected.dropFirst($0).prefix(2), radix: 16) }
        return Precondition(.digest, subject: "machine", path: path, numbers: numbers, selector: selector, expected: bytes)
    }

    private func hexadecimal(_ text: String) -> String { text.utf8.map { String(format: "%02x", $0) }.joined() }

    /// Files as those make them who mean ill: the two programs still agree.
    @Test func hostileFiles() throws {
        var generator = SeededGenerator(seed: 77)
        let rules: [Precondition.Rule] = [.equals, .begins, .contains, .lines]
        for _ in 0..<60 {
            let alphabet: [UInt8] = [0x0a, 0x20, 0x09, 0, 0x61, 0x62, 0x3a, 0xff]
            let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in alphabet[Int.random(in: 0..<8, using: &generator)] }
            try machine.write(bytes, to: "proc/hostile")
            let start = bytes.isEmpty ? 0 : Int.random(in: bytes.indices, using: &generator)
            let expected = Array(bytes[start...].prefix(Int.random(in: 1...20, using: &generator)))
            let rule = rules[Int.random(in: 0..<4, using: &generator)]
            _ = try difference(
                Precondition(
                    rule, subject: "machine", path: "proc/hostile",
                    selector: rule == .lines ? ["", "a", ":"][Int.random(in: 0..<3, using: &generator)] : "",
                    expected: expected.isEmpty ? [0x61] : expected))
        }
    }
}
