import Applier
import Foundation
import PlanFile
import SystemPackage
import TestSupport
import Testing

/// swkexec-apply, the one for this machine. It is only ever run to print, or with plans for a boot that
/// never was; and where the tests run as root, without the capability that kexec_load(2) wants.
final class ApplierProgram {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The one line on standard error, without `swkexec-apply: `; nil when there is not exactly one.
        var complaint: String? {
            let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count == 2, lines[1].isEmpty, lines[0].hasPrefix("swkexec-apply: ") else { return nil }
            return String(lines[0].dropFirst("swkexec-apply: ".count))
        }
    }

    let folder: TemporaryFolder
    private let program: FilePath

    static var isForThisMachine: Bool { applier != nil && (geteuid() != 0 || Tool("setpriv").isAvailable) }

    private static var applier: Applier? {
        #if arch(x86_64)
        Applier.named("x86_64")
        #elseif arch(arm64)
        Applier.named("aarch64")
        #else
        nil
        #endif
    }

    init() throws {
        folder = try TemporaryFolder()
        program = try folder.write(try #require(Self.applier).program, to: "swkexec-apply")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.string)
    }

    func run(_ arguments: [String]) throws -> Result {
        try folder.write([], to: "output")
        try folder.write([], to: "errors")
        let process = Process()
        let isRoot = geteuid() == 0
        process.executableURL = URL(fileURLWithPath: isRoot ? "/usr/bin/setpriv" : program.string)
        process.arguments = (isRoot ? ["--bounding-set=-sys_boot", program.string] : []) + arguments
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

    /// Why it refuses a file with these bytes as a plan; nil when it printed it.
    func refusal(of bytes: [UInt8]) throws -> String? {
        let path = try folder.write(bytes, to: "plan").string
        let result = try run(["-n", path])
        guard result.output.isEmpty else { return nil }
        #expect(result.status == 1)
        let complaint = try #require(result.complaint, "status \(result.status): \(result.errors)")
        #expect(complaint.hasPrefix("\(path): "))
        return String(complaint.dropFirst(path.count + 2))
    }
}
