import Reports

/// Something that reads files, and files for the fuzzer to begin with.
struct FuzzTarget: Sendable {
    /// What Scripts/fuzz is given.
    let name: String
    /// Files of each kind that the reader takes, a few kilobytes each.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Reads one file. A trap, a hang and a broken promise are findings.
    let read: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] = [
        .bzImage, .commandLine, .decompression, .deviceTree, .elf, .fadump, .inspection, .iomem, .kernelFile, .machine, .multiboot,
        .plan, .planARM64, .planFile, .planPPC64, .planRISCV64, .randomLoad, .snapshot, .uki, .vmcore,
    ]
}

/// Does what may end in an error. The error is made a text, too, and that is one line whatever the file holds.
func attempt(_ work: () throws -> Void) {
    do {
        try work()
    } catch {
        let text = "\(error)"
        promise(isLine(text), "an error is one line: \(text.debugDescription)")
    }
}

/// What must hold whatever the file is.
func promise(_ isKept: Bool, _ what: @autoclosure () -> String) {
    if !isKept { fatalError("a broken promise: \(what())") }
}

/// Whether text has nothing that a terminal obeys but line ends.
func isLines(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0 == "\n" || isPrinted($0) } }

/// Whether text has no line end and nothing that a terminal obeys.
func isLine(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isPrinted) }

private func isPrinted(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x20 && !(0x7f...0x9f ~= scalar.value) }

/// Whatever a report is of, a terminal obeys nothing in it.
func checkText(of report: some Report) {
    for format in ReportFormat.allCases { promise(isLines(report.text(format)), "a report has no control characters") }
}
