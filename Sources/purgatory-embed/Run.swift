import Foundation

/// Runs a program to its end and returns what it printed. Its diagnostics go to
/// our standard error, which is the build log.
@discardableResult
func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
        throw ToolError("\(program) failed: \(arguments.joined(separator: " "))")
    }
    return String(decoding: text, as: UTF8.self)
}
