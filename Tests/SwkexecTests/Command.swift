import Foundation
import SystemPackage
import TestSupport

/// The built program, run as a user would. Every test plans from a recorded machine or is refused
/// before anything is asked of the kernel: nothing here can load.
struct Command {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The one line on standard error, without `swkexec: `; nil when there is not exactly one.
        var complaint: String? {
            let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count == 2, lines[1].isEmpty, lines[0].hasPrefix("swkexec: ") else { return nil }
            return String(lines[0].dropFirst("swkexec: ".count))
        }
    }

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
        let folder = try TemporaryFolder()
        try folder.write([], to: "output")
        try folder.write([], to: "errors")
        let process = Process()
        process.executableURL = other.map { URL(fileURLWithPath: $0) } ?? program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, added in added }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: folder.file("output").string)
        process.standardError = FileHandle(forWritingAtPath: folder.file("errors").string)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try folder.read("output"), as: UTF8.self),
            errors: String(decoding: try folder.read("errors"), as: UTF8.self))
    }
}

/// A folder with a small kernel and an initrd, and the recorded machine they are planned for.
final class Bench {
    let folder: TemporaryFolder
    let kernel: String
    let initrd: String
    let sysroot: String

    init(_ sysroot: FilePath = Fixture.bios.sysroot) throws {
        folder = try TemporaryFolder()
        kernel = try folder.write(SyntheticBzImage.small().bytes, to: "vmlinuz").string
        initrd = try folder.write("070701 not much of an archive", to: "initrd.img").string
        self.sysroot = sysroot.string
    }

    /// A dry run of `-p` with these further arguments; `kernel` stands for the small one.
    func plan(_ arguments: [String], kernel: String? = nil) throws -> Command.Result {
        try Command.run(["-p", kernel ?? self.kernel, "--sysroot=\(sysroot)", "--dry-run"] + arguments)
    }
}
