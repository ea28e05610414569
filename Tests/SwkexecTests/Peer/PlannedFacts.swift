import KexecSystem
import LoadPlan
import Purgatory
import RecordedCalls
import TestSupport
import Testing

extension PlanFacts {
    /// What our plan does.
    init(_ plan: LoadPlan) throws {
        let purgatory = try PurgatoryParameters(plan)
        try #require(plan.segment(.purgatory)?.memory.contains(plan.entry) == true)
        let others = plan.segments.filter { $0.role != .purgatory }

        flags = plan.flags.rawValue
        kernelMode = try #require([0: "64-bit", 1: "32-bit", 2: "real mode"][purgatory[PurgatoryX86_64.entryMode]])
        segments = Dictionary(uniqueKeysWithValues: others.map { ($0.role.rawValue, $0.memory.size.rawValue) })
        files = Dictionary(
            uniqueKeysWithValues: others.filter { $0.role == .kernel || $0.role == .initrd }.map {
                ($0.role.rawValue, $0.loadedSize.rawValue)
            })
        digest = try plan.digest.map { digest in
            let covered = plan.segments.filter { $0.digestRule == .included }
            try #require(covered.reduce(0) { $0 + $1.loadedSize.rawValue } == digest.coveredBytes)
            return Digest(covers: Set(covered.map(\.role.rawValue)), includesZeroes: false)
        }
        elfcorehdr =
            try plan.segment(.elfcorehdr).map { segment in
                let bytes = segment.bytes
                return try #require(CoreProgramHeader.table(of: bytes))
            } ?? []
        guard let parameters = plan.segment(.bootParameters) else {
            told = nil
            return
        }

        // What purgatory enters the kernel with, and where in it.
        let kernel = try #require(plan.segment(.kernel)).memory.start.rawValue
        try #require(purgatory[PurgatoryX86_64.kernelEntry] == kernel + (kernelMode == "64-bit" ? 0x200 : 0))
        try #require(purgatory[PurgatoryX86_64.bootParams] == parameters.memory.start.rawValue)
        told = try Told(parameters, plan)
    }
}

extension PlanFacts.Told {
    fileprivate init(_ parameters: Segment, _ plan: LoadPlan) throws {
        let page = Array(parameters.bytes.prefix(4096))
        let lineAddress = page.littleEndian(at: 0x228, width: 4) + page.littleEndian(at: 0xc8, width: 4) << 32
        let setup = try #require(plan.segment(.setupData))
        let nodes = try SetupDataNode.list(
            first: page.littleEndian(at: 0x250, width: 8), segment: setup.bytes, at: setup.memory.start.rawValue)
        // What stands in struct efi_setup_data; the runtime map may follow it.
        let data = nodes.map { node in
            (node.type, node.type == 9 ? [UInt8](repeating: 0, count: node.data.count) : Array(node.data.prefix(96)))
        }
        let mapAddress = page.littleEndian(at: 0x1d0, width: 4) + page.littleEndian(at: 0x1dc, width: 4) << 32
        let mapSize = Int(page.littleEndian(at: 0x1d4, width: 4))
        try self.init(
            zeroPage: page, commandLine: String(decoding: parameters.from(lineAddress).prefix { $0 != 0 }, as: UTF8.self),
            setupData: Dictionary(uniqueKeysWithValues: data),
            efiRuntimeMap: mapSize == 0 ? [] : Array(setup.from(mapAddress).prefix(mapSize)),
            initrd: plan.segment(.initrd).map { ($0.memory.start.rawValue, $0.loadedSize.rawValue) })
    }
}

extension Segment {
    var bytes: [UInt8] { contents.withSpan { span in (0..<span.count).map { span[$0] } } }

    /// The contents from a physical address on.
    fileprivate func from(_ address: UInt64) throws -> ArraySlice<UInt8> {
        let all = bytes
        let offset = try #require(address >= memory.start.rawValue ? Int(exactly: address - memory.start.rawValue) : nil)
        try #require(offset < all.count)
        return all[offset...]
    }
}
