import ByteStorage
import HostState
import LoadPlan
import PhysicalMemory
import PlanFile
import Reports
import SHA256
import TestSupport

extension FuzzTarget {
    /// A plan file whose own size and SHA-256 are right, so that what lies behind them is reached.
    static let planFile = FuzzTarget(name: "planfile") {
        try [(MachineBase.bios, true), (.efi, false)].map { machine, hotplug in
            let kernel = SyntheticBzImage(protectedMode: [UInt8](repeating: 0x90, count: 64)).bytes
            let files = MachineFiles(machine, with: ["kernel": kernel, "options": [hotplug ? 1 : 2]])
            let host = try HostState.read(files.root)
            let x86 = LoadFiles.x86_64(files, on: host)
            let plan = try Planner.plan(LoadFiles.request(files, on: host), on: host, for: x86)
            return try PlanFile(plan, preconditions: plan.preconditions(on: host, for: x86)).contents().flatMap(array)
        }
    } read: { bytes in
        attempt { _ = try PlanFile(Bytes(bytes)) }
        let sealed = sealed(bytes)
        attempt {
            let file = try PlanFile(Bytes(sealed))
            checkText(of: PlanFileReport(file, root: SystemRoot(FilesInMemory(), at: "/machine")))
            let written = try file.contents().flatMap(array)
            promise(try PlanFile(Bytes(written)).preconditions == file.preconditions, "what was read is written and read again as the same")
        }
    }

    private static func array(_ bytes: Bytes) -> [UInt8] {
        bytes.withSpan { span in (0..<span.count).map { span[$0] } }
    }

    /// swkexec-plan(5): the file's size at 16, and at 24 the SHA-256 of everything from 56 on.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 56 else { return bytes }
        var sealed = bytes
        sealed.putLittleEndian(UInt64(bytes.count), at: 16, width: 8)
        sealed.replaceSubrange(24..<56, with: SHA256.digest(of: Bytes(Array(bytes[56...]))).bytes)
        return sealed
    }
}
