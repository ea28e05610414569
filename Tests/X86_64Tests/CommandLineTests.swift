import LoadPlan
import RecordedCalls
import TestSupport
import Testing

/// What the capture kernel sees of its command line.
@Suite struct CommandLineTests {
    @Test func anyBytesAreKept() throws {
        let line = KernelCommandLine([0x61, 0xff, 0xfe, 0x20, 0x80])
        var request = try smallRequest()
        request.commandLine = line
        #expect(try plan(request, on: SyntheticSysroot()).commandLine.bytes.starts(with: line.bytes))
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
