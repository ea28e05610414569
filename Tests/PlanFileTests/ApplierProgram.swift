import Applier
import Foundation
import PlanFile
import SystemPackage
import TestSupport
import Testing

/// swkexec-apply, the one for this machine. It is only ever run to print, or with plans for a boot that
/// never was; and where the tests run as root, without the capability that kexec_load(2) wants.
final class ApplierProgram {
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
        let bytes = try folder.write(try #require(Self.applier).program, to: "program")
        program = folder.file("swkexec-apply")
        // By a process of its own: what this one has open for writing, a child of a test beside it has, too, until it executes
        // its program, and nobody can execute the file so long (ETXTBSY).
        try #require(try ProgramResult(running: "/usr/bin/install", ["-m755", bytes.string, program.string]).status == 0)
    }

    func run(_ arguments: [String]) throws -> ProgramResult {
        guard geteuid() == 0 else { return try ProgramResult(running: program.string, arguments) }
        return try ProgramResult(
            running: "/usr/bin/setpriv", as: "swkexec-apply", ["--bounding-set=-sys_boot", program.string] + arguments)
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
