import Foundation
import JSON
import TestSupport
import Testing

/// Read by this program and by Foundation.
struct ReadingTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.value(Array(text.utf8)) }

    @Test(arguments: [
        "[]", "{}", " [ ] ", "{ }", "null", "true", "[true,false,null]", "\"\"", "0", "18446744073709551615",
        #"{"a": [1, {"b": "c"}], "d": {}, "": 7}"#, #"["\"\\\/\b\f\n\r\t", "\u00e9\u20ac", "\ud83d\ude00", "ü 😀"]"#, "[\n\t1 ,\r\n2 ]",
    ])
    func whatFoundationReads(_ text: String) throws {
        let ours = try JSONSerialization.jsonObject(with: Data(try read(text).text.utf8), options: .fragmentsAllowed)
        let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        #expect((ours as? NSObject) == (theirs as? NSObject), "\(ours)")
    }

    @Test(arguments: [
        ("", "line 1: the text ends"), ("[", "the text ends"), ("[1", "the ']' of a list"), ("[1,]", "no JSON value"),
        ("[1 2]", "the ']' of a list"),
        ("{\"a\"}", "the colon"), ("{\"a\":1,}", "a name in quotes"), ("{a:1}", "a name in quotes"), ("{\"a\":1", "the '}' of an object"),
        ("{\"a\":1,\"a\":2}", "'a' stands twice"), ("nul", "no JSON value"), ("[]x", "text after the end"), ("\"abc", "does not end"),
        ("\"\\x\"", "unknown escape"), ("\"\\u12g4\"", "four hexadecimal digits"), ("\"\\ud800\"", "half of a pair"),
        ("\"\\ud800\\u0041\"", "half of a pair"),
        ("\"\\udc00\"", "half of a pair"), ("\"a\nb\"", "a control character"), ("01", "begins with 0"), ("-1", "whole and not negative"),
        ("1.5", "whole and not negative"),
        ("1e3", "whole and not negative"), ("18446744073709551616", "more than 64 bits"), ("[\n\n?]", "line 3: no JSON value"),
    ])
    func whatIsWrong(_ text: String, _ expected: String) throws {
        let error = #expect(throws: JSONReader.Failure.self) { try read(text) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func bytesThatAreNoUTF8() {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.value([0x22, 0xff, 0x22]) }
    }

    @Test func depth() throws {
        _ = try read(String(repeating: "[", count: 32) + String(repeating: "]", count: 32))
        #expect(throws: JSONReader.Failure.self) { try read(String(repeating: "[", count: 33) + String(repeating: "]", count: 33)) }
        #expect(throws: JSONReader.Failure.self) { try read(String(repeating: "[", count: 1_000_000)) }
    }

    /// Nothing traps, and what is taken Foundation takes, too.
    @Test func noise() throws {
        var generator = SeededGenerator(seed: 71)
        let alphabet = Array(#"{}[]",:0123456789tfn\u dD8-.eE"#.utf8) + [0xc3, 0xa9, 0xff, 0x0a]
        let seeds = [#"{"start": "0x0", "size": 12}"#, #"[{"a":[null,true]}]"#]
        for _ in 0..<20_000 {
            var bytes = Array(seeds.randomElement(using: &generator)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = alphabet.randomElement(using: &generator) ?? 0
            }
            guard (try? JSONReader.value(bytes)) != nil else { continue }
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil,
                "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
