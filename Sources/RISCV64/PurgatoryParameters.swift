import DeviceTree
import LinuxLoad
import LoadPlan
import Purgatory

extension Load {
    var purgatory: PurgatoryImage { .riscv64 }

    func setParameters(of purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) {
        purgatory.set(PurgatoryRISCV64.kernelEntry, to: try places.memory(.kernel).start.rawValue)
        purgatory.set(PurgatoryRISCV64.fdt, to: places[.fdt]?.start.rawValue ?? 0)
        purgatory.set(PurgatoryRISCV64.hashInstructions, to: HashInstructions(of: bootTree.tree).rawValue)
    }
}

/// Instructions that make SHA-256 faster, as in Purgatory/riscv64/parameters_riscv64.h.
struct HashInstructions: OptionSet, Hashable {
    let rawValue: UInt32

    /// Zknh
    static let scalar = HashInstructions(rawValue: 1)
    /// Zvknha, or Zvknhb, which has all of it
    static let vector = HashInstructions(rawValue: 2)

    private static let bundles: [HashInstructions: Set<String>] = [
        .scalar: ["zknh", "zkn", "zk"],
        .vector: ["zvknha", "zvknhb", "zvkn", "zvknc", "zvkng"],
    ]

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Those that every hart has which the tree describes: purgatory may run on any. None where it describes no harts.
    init(of tree: DeviceTree) {
        let harts = tree.node("/cpus")?.children.filter { $0["device_type"] == Array("cpu".utf8) + [0] && $0.isAvailable } ?? []
        self = harts.isEmpty ? [] : [.scalar, .vector]
        for hart in harts { formIntersection(HashInstructions(extensions: hart.extensions)) }
    }

    private init(extensions: Set<String>) {
        self = []
        for (instructions, names) in Self.bundles where !names.isDisjoint(with: extensions) { insert(instructions) }
        // The vector ones are of no use without vectors.
        if !extensions.contains("v") { remove(.vector) }
    }
}

extension DeviceTree.LocatedNode {
    /// By the list riscv,isa-extensions, or by the older riscv,isa, whose single letters stand before the first underscore
    /// (Documentation/devicetree/bindings/riscv/extensions.yaml).
    fileprivate var extensions: Set<String> {
        if let list = try? strings("riscv,isa-extensions") { return Set(list) }
        guard let text = try? string("riscv,isa"), text.hasPrefix("rv64") else { return [] }
        let words = text.dropFirst("rv64".count).split(separator: "_")
        return Set((words.first ?? "").map { String($0) } + words.dropFirst().map { String($0) })
    }
}
