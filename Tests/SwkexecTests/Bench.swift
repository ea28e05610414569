import Foundation
import SystemPackage
import TestSupport
import Testing

/// A folder with a small kernel and an initrd, and the recorded machine they are planned for.
final class Bench {
    let folder: TemporaryFolder
    let kernel: String
    let initrd: String
    let sysroot: String
    /// Options that every run has.
    private let options: [String]

    private init(_ sysroot: FilePath, kernel: [UInt8], named name: String, options: [String]) throws {
        folder = try TemporaryFolder()
        self.kernel = try folder.write(kernel, to: name).string
        initrd = try folder.write("070701 not much of an archive", to: "initrd.img").string
        self.sysroot = sysroot.string
        self.options = options
    }

    /// An x86_64 machine.
    convenience init(_ sysroot: FilePath = Fixture.bios.sysroot) throws {
        try self.init(sysroot, kernel: SyntheticBzImage.small().bytes, named: "vmlinuz", options: [])
    }

    /// One of another architecture, by kexec_load and with always the same seed.
    convenience init(_ machine: RecordedMachine) throws {
        let kernel =
            switch machine {
            case .ppc64le: SyntheticELFKernel.ppc64().bytes
            case .aarch64: SyntheticARM64Image().bytes
            case .riscv64: SyntheticRISCVImage().bytes
            }
        let seed = "--rng-seed=\(String(repeating: "a5", count: 32))"
        try self.init(machine.sysroot, kernel: kernel, named: "kernel", options: ["-c", "--arch=\(machine.architecture)", seed])
    }

    /// A file beside the kernel.
    func file(_ bytes: [UInt8], _ name: String = "other") throws -> String { try folder.write(bytes, to: name).string }

    /// A dry run of `-p` with these further arguments.
    /// - Parameters:
    ///   - kernel: in place of the small one
    ///   - machine: in place of the recorded one
    func run(_ arguments: [String], kernel: String? = nil, on machine: TemporaryFolder? = nil) throws -> Command.Result {
        let root = machine?.path.string ?? sysroot
        return try Command.run(["-p", kernel ?? self.kernel, "--sysroot=\(root)", "--dry-run"] + options + arguments)
    }

    /// What such a run plans: the JSON, and each segment's bytes by its role.
    func plan(
        _ arguments: [String], kernel: String? = nil, on machine: TemporaryFolder? = nil
    ) throws -> (json: [String: Any], segments: [String: [UInt8]]) {
        let target = "segments-\(UUID().uuidString)"
        let result = try run(
            arguments + ["--format=json", "--write-segments=\(folder.file(target))"], kernel: kernel, on: machine)
        try #require(result.status == 0, "\(result.errors)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        var segments: [String: [UInt8]] = [:]
        for segment in try #require(json["segments"] as? [[String: Any]]) {
            let role = try #require(segment["role"] as? String)
            let file = try #require(segment["file"] as? String)
            segments[role] = try folder.read("\(target)/\(file.split(separator: "/").last ?? "")")
        }
        return (json, segments)
    }
}
