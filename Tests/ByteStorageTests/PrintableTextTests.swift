import ByteStorage
import Testing

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("", ""), ("plain text", "plain text"), ("ünï→😀", "ünï→😀"), ("a\nb\r\n", #"a\u{a}b\u{d}\u{a}"#),
        ("\u{1b}[2J", #"\u{1b}[2J"#), ("\0\u{1f}\u{20}", #"\u{0}\u{1f} "#),
        ("\u{7e}\u{7f}\u{80}\u{9f}\u{a0}", "~\\u{7f}\\u{80}\\u{9f}\u{a0}"),
    ])
    func controlCharactersAreWrittenOut(_ text: String, _ expected: String) {
        #expect(text.printable == expected)
        #expect(text[...].printable == expected)
        #expect(text.printable.printable == expected)
    }
}
