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

    @Test func reuse() {
        let line = KernelCommandLine(
            "BOOT_IMAGE=/vmlinuz root=/dev/vda1 crashkernel=256M crashkernel=1G,high crashkernel_x=1 xcrashkernel=2 quiet")
        #expect(line.reusable(for: .crash).description == "root=/dev/vda1 crashkernel_x=1 xcrashkernel=2 quiet")
        #expect(KernelCommandLine("crashkernel=256M").reusable(for: .crash).description == "")
        #expect(KernelCommandLine(#"crashkernel="1 2" a="b  c""#).reusable(for: .crash).description == #"a="b  c""#)
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
        let request = KernelCommandLine([0x61, 0xff, 0xfe, 0x20, 0x80])
        var smaller = try smallRequest()
        smaller.commandLine = request
        #expect(try plan(smaller, on: SyntheticSysroot()).commandLine.bytes.starts(with: request.bytes))
    }

    /// As lib/cmdline.c (next_arg) and kernel/params.c (parse_args) read a command line: the
    /// parameters in front of a lone "--", written down naively.
    private func asTheKernelReads(_ line: [UInt8]) -> [String] {
        var parameters: [String] = []
        var current: [UInt8] = []
        var inQuotes = false
        for byte in line + [0x20] {
            if byte == 0x22 { inQuotes.toggle() }
            guard !inQuotes && [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0].contains(byte) else {
                current.append(byte)
                continue
            }
            if current == Array("--".utf8) { return parameters }
            if !current.isEmpty { parameters.append(String(decoding: current, as: UTF8.self)) }
            current = []
        }
        return parameters
    }

    /// The capture kernel has no /proc/vmcore when it does not see elfcorehdr=: it must not stand
    /// behind "--", which ends the kernel's own parameters, nor within quotes that nobody closed.
    @Test(arguments: [
        "quiet", "", "quiet -- single", "-- single", "--", "quiet --", #"dyndbg="file a.c +p" quiet"#, #"a="never ended"#, #"""#,
        #"a=" -- b" c"#, "elfcorehdr=0x1000", "elfcorehdr=0x1000 -- elfcorehdr=0x2000", "a--b --x -- y",
    ])
    func theKernelFindsTheElfcorehdr(_ line: String) throws {
        let made: LoadPlan
        do {
            made = try plan(smallRequest(commandLine: line), on: SyntheticSysroot())
        } catch {
            // Refusing what cannot be appended to is as good.
            #expect(line.count { $0 == "\"" } % 2 == 1 && error is PlanError, "\(line): \(error)")
            return
        }
        let read = asTheKernelReads(made.commandLine.bytes)
        #expect(read.last { $0.hasPrefix("elfcorehdr=") } == "elfcorehdr=0x\(String(try made.start(.elfcorehdr), radix: 16))")
        // And nothing that the user gave is lost.
        for parameter in asTheKernelReads(Array(line.utf8)) { #expect(read.contains(parameter)) }
        if let end = line.range(of: "-- ") {
            #expect(made.commandLine.description.hasSuffix(line[end.lowerBound...]) || line.contains("\""))
        }
    }
}
