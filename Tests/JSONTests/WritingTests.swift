import JSON
import TestSupport
import Testing

/// What is written, by hand and as Python's json reads it.
struct WritingTests {
    @Test func layout() {
        let value = JSONValue.object([
            ("name", .string("a")), ("empty", .array([])), ("none", .object([])),
            ("list", .array([.number(0), .number(.max), .bool(true), .bool(false), .null, .object([("b", .strings(["c", ""]))])])),
        ])
        #expect(
            value.text == """
                {
                  "name": "a",
                  "empty": [],
                  "none": {},
                  "list": [
                    0,
                    18446744073709551615,
                    true,
                    false,
                    null,
                    {
                      "b": [
                        "c",
                        ""
                      ]
                    }
                  ]
                }
                """)
    }

    @Test(arguments: [
        ("", #""""#), (#"a"b\c/d"#, #""a\"b\\c/d""#), ("a\nb\r\n\t", #""a\u000ab\u000d\u000a\u0009""#), ("\0\u{1f} ", #""\u0000\u001f ""#),
        ("~\u{7f}\u{80}\u{9f}\u{a0}", "\"~\\u007f\\u0080\\u009f\u{a0}\""), ("ünï→😀", #""ünï→😀""#),
    ])
    func strings(_ text: String, _ expected: String) {
        #expect(JSONValue.string(text).text == expected)
        #expect(JSONValue.object([(text, .null)]).text == "{\n  \(expected): null\n}")
    }

    private static let python = Tool("python3")

    /// Each scalar comes out as it went in, in a name and in a text.
    @Test(.enabled(if: python.isAvailable)) func pythonReadsEveryScalar() throws {
        let numbers =
            Array(0...0x2ff as ClosedRange<UInt32>) + [0x2028, 0x2029, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x1f600, 0x10ffff]
        let text = String(String.UnicodeScalarView(numbers.compactMap(Unicode.Scalar.init)))
        let script = "import json,sys; print(*[ord(c) for k,v in json.loads(sys.stdin.buffer.read()).items() for c in k+v])"
        let read = try Self.python.text(["-c", script], input: Array(JSONValue.object([(text, .string(text))]).text.utf8))
        #expect(read.split { $0.isWhitespace }.compactMap { UInt32($0) } == numbers + numbers)
    }

    /// Bytes that are no UTF-8 are shown as U+FFFD and not left out.
    @Test(.enabled(if: python.isAvailable)) func bytesThatAreNoUTF8() throws {
        let value = JSONValue.string(String(decoding: [0x61, 0xff, 0x62, 0xc2, 0x1b, 0x9b] as [UInt8], as: UTF8.self))
        #expect(value.text.utf8.allSatisfy { $0 >= 0x20 })
        let read = try Self.python.text(
            ["-c", "import json,sys; print(ascii(json.loads(sys.stdin.buffer.read())))"], input: Array(value.text.utf8))
        #expect(read == #"'a\ufffdb\ufffd\x1b\ufffd'"# + "\n")
    }
}
