import Foundation
import TestSupport
import Testing

/// A folder with a small kernel of another architecture and an initrd, and the recorded machine they are planned for.
final class TargetBench {
    let folder: TemporaryFolder
    let kernel: String
    let initrd: String
    private let machine: RecordedMachine
    private static let seed = "--rng-seed=\(String(repeating: "a5", count: 32))"

    init(_ machine: RecordedMachine) throws {
        self.machine = machine
        folder = try TemporaryFolder()
        let bytes =
            switch machine {
            case .ppc64le: SyntheticELFKernel.ppc64().bytes
            case .aarch64: SyntheticARM64Image().bytes
            }
        kernel = try folder.write(bytes, to: "kernel").string
        initrd = try folder.write("070701 not much of an archive", to: "initrd.img").string
    }

    /// A file beside the kernel.
    func file(_ bytes: [UInt8], _ name: String = "other") throws -> String { try folder.write(bytes, to: name).string }

    /// A dry run of `-p` with these further arguments.
    func run(_ arguments: [String], kernel: String? = nil, on machine: TemporaryFolder? = nil) throws -> Command.Result {
        try Command.run(
            [
                "-p", "-c", kernel ?? self.kernel, "--arch=\(self.machine.architecture)",
                "--sysroot=\(machine?.path ?? self.machine.sysroot)", "--dry-run",
                Self.seed,
            ] + arguments)
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
