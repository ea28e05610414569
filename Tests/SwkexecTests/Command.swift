import Foundation
import SystemPackage
import TestSupport

/// The built program, run as a user would. Every test plans from a recorded machine or is refused
/// before anything is asked of the kernel: nothing here can load.
struct Command {
    typealias Result = ProgramResult

    /// Beside the bundle of the tests.
    static let program: URL = {
        let bundle =
            Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return bundle.deletingLastPathComponent().appending(path: "swkexec")
    }()

    /// - Parameters:
    ///   - other: another program in its place
    ///   - environment: what is added to that of the tests
    static func run(_ arguments: [String], program other: String? = nil, environment: [String: String] = [:]) throws -> Result {
        try ProgramResult(
            running: other ?? program.path, arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { _, added in added })
    }
}
