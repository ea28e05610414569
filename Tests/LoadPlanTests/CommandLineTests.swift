import LoadPlan
import TestSupport
import Testing

@Suite struct CommandLineTests {
    private func texts(_ line: String) -> [String] { KernelCommandLine(line).parameters.map { String(decoding: $0, as: UTF8.self) } }

    /// lib/cmdline.c, next_arg(): blanks separate, but not within quotes.
    @Test func parameters() {
        #expect(texts("a b=c  d\te\n") == ["a", "b=c", "d", "e"])
        #expect(texts("") == [])
        #expect(texts("   ") == [])
        #expect(texts(#"dyndbg="file a.c +p" quiet"#) == [#"dyndbg="file a.c +p""#, "quiet"])
        #expect(texts(#""a=b c" d"#) == [#""a=b c""#, "d"])
        #expect(texts(#"a="never ended b c"#) == [#"a="never ended b c"#])
    }

    @Test func values() {
        let line = KernelCommandLine("console=tty0 console=ttyS0,115200 consoles=x console root=UUID=1 ")
        #expect(line.values(of: "console") == ["tty0", "ttyS0,115200"])
        #expect(line.values(of: "root") == ["UUID=1"])
        #expect(line.values(of: "con") == [])
        #expect(line.contains("console") && line.contains("root") && !line.contains("con") && !line.contains("consol"))
    }

    @Test func appending() {
        var line = KernelCommandLine("")
        line.append(KernelCommandLine(""))
        #expect(line.description == "")
        line.append(KernelCommandLine("a"))
        #expect(line.description == "a")
        line.append(KernelCommandLine("b c"))
        #expect(line.description == "a b c")
    }

    /// Nothing says that it is text.
    @Test func anyBytes() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let bytes = generator.bytes(Int.random(in: 0...60, using: &generator)).map { $0 % 4 == 0 ? 0x20 : $0 % 5 == 0 ? 0x22 : $0 }
            let line = KernelCommandLine(bytes)
            #expect(line.parameters.allSatisfy { !$0.isEmpty })
            #expect(line.removing(["x"]).parameters.allSatisfy { part in line.parameters.contains(part) })
        }
    }
}
