import JSON
import Reports
import Testing

/// Blocks as they are printed, written by hand.
struct LayoutTests {
    @Test func aTable() {
        let table = TextTable(
            [.init("NAME"), .init("SIZE", .right), .init("REMARK")],
            rows: [.init(["a", "1", "first"]), .init(["longer", "22333"]), .init(["b", "4444444"]), .init([])])
        #expect(
            table.text == """
                NAME       SIZE  REMARK
                a             1  first
                longer    22333
                b       4444444


                """)
    }

    @Test func withoutTitles() {
        #expect(TextTable([.init(), .init()], rows: [.init(["a", "b"]), .init(["cc", "d"])]).text == "a   b\ncc  d\n")
        #expect(TextTable([.init("A"), .init("B")], rows: []).text == "A  B\n")
        #expect(TextTable([], rows: []).text.isEmpty)
    }

    @Test func bounds() {
        let table = TextTable(
            [.init(width: 4...Int.max), .init(width: 0...3), .init()],
            rows: [.init(["a", "b", "c"]), .init(["d", "a long one", "e"])])
        #expect(table.text == "a     b    c\nd     a long one  e\n")
    }

    @Test func notesBeginInTheSecondColumn() {
        let table = TextTable([.init(), .init()], rows: [.init(["bad", "x"], notes: ["-> do", "or do not"]), .init(["fine", "y"])])
        #expect(table.text == "bad   x\n      -> do\n      or do not\nfine  y\n")
    }

    @Test func fields() {
        #expect(TextBlock.fields([("a", "1"), ("bbb", "2 ")]).text == "a    1\nbbb  2 \n")
        #expect(TextBlock.fields([("a", "1")], least: 5).text == "a      1\n")
        #expect(TextBlock.fields([("a", "")]).text == "a  \n")
        #expect(TextBlock.fields([]).text.isEmpty)
    }

    /// A cell, a note, a line, a label stays within its line, is as wide as it looks, and is not obeyed.
    @Test func foreignText() {
        let hostile = "\u{1b}[2J\n\u{9b}"
        let shown = #"\u{1b}[2J\u{a}\u{9b}"#
        #expect(TextBlock.lines(["ok", hostile]).text == "ok\n\(shown)\n")
        #expect(TextBlock.fields([(hostile, hostile), ("a", "b")]).text == "\(shown)  \(shown)\na                     b\n")
        let table = TextTable([.init("A"), .init("B")], rows: [.init([hostile, "x"], notes: [hostile])])
        #expect(table.text == "A                     B\n\(shown)  x\n                      \(shown)\n")
    }

    @Test func aReportIsBlocksAndMembers() {
        struct Sample: Report {
            static let schemaVersion: UInt64 = 7
            let blocks = [TextBlock.line("first"), .fields([("a", "b")])]
            var members: [JSONMember] { [("key", .string("\u{1b}"))] }
        }
        #expect(Sample().text(.table) == "first\n\na  b\n")
        #expect(Sample().text(.json) == "{\n  \"schemaVersion\": 7,\n  \"key\": \"\\u001b\"\n}\n")
    }
}
