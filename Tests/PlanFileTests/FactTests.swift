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

    // MARK: - Device trees

    /// A record as the manual has it.
    private func record(_ path: String, _ contents: String) -> [UInt8] {
        Array("\(path)\0".utf8) + [UInt8(contents.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(contents.utf8)
    }

    private func tree(_ path: String, _ records: [[UInt8]], selector: String = "") throws -> Precondition {
        let sha256 = try Tool.sha256(of: records.flatMap { $0 })
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(sha256.dropFirst($0).prefix(2), radix: 16) }
        return Precondition(.tree, subject: "machine", path: path, selector: selector, expected: bytes)
    }

    /// By the bytes of names, whatever the folder's own order: '#' and ',' before letters, capitals before small ones, '@' between.
    @Test func tree() throws {
        let files = [
            ("cpus/#size-cells", "s"), ("cpus/B@0/reg", "0"), ("cpus/a@0/reg", "1"), ("cpus/a@0/z", ""), ("cpus/a@10/reg", "2"),
            ("cpus/reg", "3"), ("memory@0/reg", "4"), ("model", "5"),
        ]
        for (name, contents) in files.shuffled() { try machine.write(contents, to: "proc/device-tree/\(name)") }
        for folder in ["", "cpus/", "cpus/a@0/"] { try machine.write("x", to: "proc/device-tree/\(folder)name") }
        try FileManager.default.createSymbolicLink(
            atPath: machine.file("proc/device-tree/cpus/link").string, withDestinationPath: "reg")
        let records = files.map { record($0.0, $0.1) }
        #expect(try difference(tree("proc/device-tree", records)) == nil)
        #expect(try difference(tree("proc/device-tree", Array(records[..<6]), selector: "cpus")) == nil)
        #expect(try difference(tree("proc/device-tree", [records[6], records[7]], selector: "m")) == nil)
        #expect(try difference(tree("proc/device-tree", [], selector: "ibm,dynamic")) == nil)
        #expect(try difference(tree("proc/device-tree/cpus/reg", [record("", "3")])) == nil)
        #expect(try difference(tree("proc/device-tree/cpus/a@0", [record("reg", "1"), record("z", "")])) == nil)
        let (these, those) = (try Tool.sha256(of: records[6]), try Tool.sha256(of: []))
        #expect(
            try difference(tree("proc/device-tree", [], selector: "memory"))
                == "proc/device-tree has in what begins with 'memory' the SHA-256 \(these), the plan expects \(those)")
        #expect(
            try difference(tree("proc/device-tree/none", [])) == "proc/device-tree/none does not exist, the plan expects \(those)")
    }

    /// /proc/device-tree is a link on a running machine, and other links may lead anywhere.
    @Test func linkToATree() throws {
        try machine.write("1", to: "sys/firmware/devicetree/base/cpus/reg")
        try FileManager.default.createSymbolicLink(
            atPath: machine.file("proc/device-tree").string, withDestinationPath: machine.file("sys/firmware/devicetree/base").string)
        try FileManager.default.createSymbolicLink(
            atPath: machine.file("sys/firmware/devicetree/base/cpus/all").string, withDestinationPath: "..")
        #expect(try difference(tree("proc/device-tree", [record("cpus/reg", "1")])) == nil)
    }

    @Test func blobOfATree() throws {
        try machine.write("blob", to: "sys/firmware/fdt")
        #expect(try difference(tree("sys/firmware/fdt", [record("", "blob")])) == nil)
        #expect(try difference(tree("sys/firmware/fdt", [record("", "other")])) != nil)
    }

    /// Many folders with many files, none of which fits a single answer of the kernel; and too many levels.
    @Test func largeTree() throws {
        var records: [[UInt8]] = []
        for cpu in 1000..<1600 {
            let name = "cpu@\(cpu)-with-a-rather-long-name-so-that-the-folder-needs-more-than-one-answer"
            for property in 0..<3 {
                try machine.write("\(cpu)", to: "proc/device-tree/cpus/\(name)/p\(property)")
                records.append(record("cpus/\(name)/p\(property)", "\(cpu)"))
            }
        }
        #expect(try difference(tree("proc/device-tree", records, selector: "cpus")) == nil)
        let deep = "proc/device-tree/" + [String](repeating: "a", count: 63).joined(separator: "/")
        try machine.write("x", to: "\(deep)/reg")
        #expect(try difference(tree("proc/device-tree", [], selector: "a"))?.contains("has in what begins with 'a' the SHA-256") == true)
        try machine.write("x", to: "\(deep)/a/reg")
        #expect(try difference(tree("proc/device-tree", [], selector: "a"))?.contains("cannot be read (errno 40)") == true)
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
