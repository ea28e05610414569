import ByteStorage
import ELF
import Foundation
import HostState
import Inspection
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory
import SystemPackage
import TestSupport
import Testing
import X86_64

/// A machine on which a crash image was loaded: a folder of /proc and /sys whose proc/kcore is a sparse file with the planned bytes in
/// it, as the kernel would have copied them.
struct LoadedMachine {
    /// Where physical memory begins in the file. The kernel's own offsets are larger than files can be.
    private static let base: UInt64 = 0x10000

    let folder: TemporaryFolder
    let architecture: any TargetArchitecture
    let plan: LoadPlan

    /// 8 MiB for a crash kernel, so that reading all of it takes no time.
    static let region: (start: UInt64, last: UInt64) = (0x6e00_0000, 0x6e7f_ffff)
    static var synthetic: SyntheticSysroot { .withCrashRegion(region.start, region.last, ram: 0x7fff_ffff) }

    /// A small kernel with an initrd, on a synthetic PC.
    init(
        _ machine: SyntheticSysroot = synthetic, hotplug: Bool = true, change: (inout LoadRequest) -> Void = { _ in }
    ) throws {
        var request = LoadRequest(
            purpose: .crash, kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(SyntheticBzImage.small().bytes))),
            initrd: .init(name: "initrd", contents: Bytes((0..<70_001).map { UInt8(truncatingIfNeeded: $0 &* 7) })),
            commandLine: KernelCommandLine("console=ttyS0 reset_devices"), rngSeed: [UInt8](repeating: 0x5a, count: 32))
        request.hotplug = hotplug
        change(&request)
        try self.init(try machine.write(), request, on: X86_64())
    }

    init(_ folder: TemporaryFolder, _ request: LoadRequest, on architecture: any TargetArchitecture) throws {
        self.folder = folder
        self.architecture = architecture
        plan = try Planner.plan(request, on: HostState.read(SystemRoot(folder.path)), for: architecture)
        try makeCore()
        try load(plan)
        for name in ["sys/kernel/kexec_crash_loaded"] { try folder.write("1\n", to: name) }
    }

    /// The same headers, with offsets that a file can have, and zeroes behind them.
    private func makeCore() throws {
        let host = try HostState.read(SystemRoot(folder.path))
        let known = host.kernelCore?.loads.filter { $0.physicalAddress.rawValue < 1 << 48 }
        // Recordings of machines whose plans do not need it have none.
        let all =
            known
            ?? host.dumpedRAM.map {
                ProgramHeader(
                    type: SegmentType.load, offset: FileOffset(0), physicalAddress: $0.start, fileSize: $0.size, memorySize: $0.size)
            }
        let loads = all.map { load in
            var moved = load
            moved.offset = FileOffset(Self.base &+ load.physicalAddress.rawValue)
            return moved
        }
        let path = try folder.write(try CoreHeader.bytes(machine: architecture.machine.elfMachine, programHeaders: loads), to: "proc/kcore")
        let end = loads.map { $0.physicalAddress.rawValue &+ $0.memorySize.rawValue }.max() ?? 0
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path.string))
        defer { try? file.close() }
        try file.truncate(atOffset: Self.base + end)
    }

    /// What kexec_load(2) does: contents, and zeroes behind them.
    func load(_ plan: LoadPlan) throws {
        for segment in plan.segments {
            let contents = segment.contents.withSpan { span in span.indices.map { span[$0] } }
            let rest = Int(segment.memory.size.rawValue) - contents.count
            try write(contents + [UInt8](repeating: 0, count: rest), at: segment.memory.start)
        }
    }

    func write(_ bytes: [UInt8], at address: PhysicalAddress) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.file("proc/kcore").string))
        defer { try? file.close() }
        try file.seek(toOffset: Self.base + address.rawValue)
        try file.write(contentsOf: Data(bytes))
    }

    func read(_ address: PhysicalAddress, _ count: Int) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.file("proc/kcore").string))
        defer { try? file.close() }
        try file.seek(toOffset: Self.base + address.rawValue)
        return [UInt8](try file.read(upToCount: count) ?? Data())
    }

    func flip(_ address: PhysicalAddress, bit: UInt8 = 0x10) throws {
        try write(try read(address, 1).map { $0 ^ bit }, at: address)
    }

    /// The machine's files as they are now, and the memory as it is now.
    func inspect(wantsDigests: Bool = false, liveEntry: PhysicalAddress? = nil) throws -> ImageInspection {
        let host = try HostState.read(SystemRoot(folder.path))
        let memory = try KernelCoreMemory(try #require(host.kernelCore), in: host.root)
        let expectation = InspectedHeader.Expectation(programHeaders: try architecture.coreHeaders(on: host), on: host)
        return try Inspector(
            memory, of: architecture.machine, regions: host.crashRegions, expectation: expectation, liveTree: host.deviceTree,
            liveEntry: { liveEntry }
        ).inspect(wantsDigests: wantsDigests)
    }

    /// A page within the plan's own memory that no segment is in.
    func freePage() throws -> PhysicalAddress {
        let window = try #require(plan.segments.first).memory.start
        let rest = try #require(PhysicalRange(start: window, end: PhysicalAddress(Self.region.last + 1)))
        return try #require([rest].subtracting(plan.segments.map(\.memory)).first).start
    }

    func segment(_ role: SegmentRole) throws -> Segment { try #require(plan.segment(role)) }

    /// Where purgatory's record lies.
    func recordAddress() throws -> PhysicalAddress {
        try #require(try segment(.purgatory).memory.start.advanced(by: PurgatoryImage.x86_64.recordOffset))
    }
}

extension PhysicalAddress {
    static func + (address: PhysicalAddress, offset: UInt64) -> PhysicalAddress { PhysicalAddress(address.rawValue + offset) }
}
