import DeviceTree
import PhysicalMemory

/// What the running device tree has of firmware and of what the running kernel gave it: memory
/// that must be left alone, and what purgatory needs to enter a kernel or to speak.
struct Firmware {
    /// Run-time abstraction services of a logical partition.
    struct RTAS {
        let memory: PhysicalRange
        let entry: UInt32
        /// The token of the call that resets the machine.
        let rebootToken: UInt32?
    }

    /// The firmware of a machine without a hypervisor below Linux.
    struct OPAL {
        let memory: PhysicalRange
        let entry: UInt64
    }

    let rtas: RTAS?
    let opal: OPAL?
    /// What firmware has reserved beside that. The new kernel reads it in the tree and keeps away from it by
    /// itself (early_reserve_mem_dt() of arch/powerpc/kernel/prom.c, drivers/of/of_reserved_mem.c).
    let reserved: [PhysicalRange]
    /// Tables that devices reach memory through.
    let tceTables: [PhysicalRange]
    /// The hashed page table, where the kernel keeps it itself.
    let hashTable: PhysicalRange?
    /// Where the running kernel ends, which begins at 0.
    let kernelEnd: PhysicalAddress?
    /// Addresses that code can reach with the MMU off; nil for all.
    let realModeMemory: PhysicalRange?
    /// The unit address of the console, where the hypervisor itself takes its characters.
    let terminal: UInt32?
    let hasVectorSHA: Bool

    init(_ tree: DeviceTree) throws(DeviceTreeError) {
        rtas = try tree.node("/rtas").flatMap { (node) throws(DeviceTreeError) in try RTAS(node) }
        opal = try tree.node("/ibm,opal").flatMap { (node) throws(DeviceTreeError) in try OPAL(node) }
        reserved = try Self.reserved(tree)
        tceTables = try Self.tceTables(below: tree.locatedRoot)
        let chosen = tree.node("/chosen")
        hashTable = try chosen?.range(start: "linux,htab-base", size: "linux,htab-size")
        kernelEnd = try chosen?.number("linux,kernel-end").map { PhysicalAddress($0) }
        realModeMemory = try RealModeArea(tree).memory
        terminal = try Self.terminal(tree)
        hasVectorSHA = Self.hasVectorSHA(tree)
    }

    /// Memory of firmware, which a crash kernel has to reach and must not overwrite.
    var memory: [PhysicalRange] { [rtas?.memory, opal?.memory].compactMap { $0 } + tceTables }

    private static func reserved(_ tree: DeviceTree) throws(DeviceTreeError) -> [PhysicalRange] {
        let root = tree.locatedRoot
        var ranges: [PhysicalRange] = []
        if root["reserved-ranges"] != nil { ranges += try root.ranges("reserved-ranges", cells: root.cells()) ?? [] }
        return try ranges + tree.reservedMemory()
    }

    private static func tceTables(below node: DeviceTree.LocatedNode) throws(DeviceTreeError) -> [PhysicalRange] {
        var tables = [try node.range(start: "linux,tce-base", size: "linux,tce-size")].compactMap { $0 }
        for child in node.children { tables += try tceTables(below: child) }
        return tables
    }

    private static func terminal(_ tree: DeviceTree) throws(DeviceTreeError) -> UInt32? {
        guard let chosen = tree.node("/chosen"),
            let path = try Self.consolePath(chosen),
            let node = tree.node(path)
        else { return nil }
        guard let compatible = try node.strings("compatible"), compatible.contains("hvterm1") else { return nil }
        return try node.u32("reg")
    }

    private static func consolePath(_ chosen: DeviceTree.LocatedNode) throws(DeviceTreeError) -> String? {
        if let path = try chosen.string("linux,stdout-path") { return path }
        return try chosen.string("stdout-path")
    }

    /// By ibm,pa-features of PAPR, whose attributes follow a size and a type; without a hypervisor,
    /// by the features that OPAL lists (Documentation/devicetree/bindings/powerpc/ibm,powerpc-cpu-features.txt).
    private static func hasVectorSHA(_ tree: DeviceTree) -> Bool {
        let cpus = tree.node("/cpus")
        if let features = cpus?.child("ibm,powerpc-cpu-features") { return features.child("vector-crypto") != nil }
        return cpus?.children.contains { cpu in
            guard let features = cpu["ibm,pa-features"], features.count > shaAttribute + 2 else { return false }
            return features[shaAttribute + 2] & 0x80 != 0
        } ?? false
    }

    private static let shaAttribute = 58
}

extension Firmware.RTAS {
    /// Nil where the running kernel has not set RTAS up.
    init?(_ node: DeviceTree.LocatedNode) throws(DeviceTreeError) {
        guard let memory = try node.range(start: "linux,rtas-base", size: "rtas-size") else { return nil }
        self.memory = memory
        entry = try node.u32("linux,rtas-entry") ?? UInt32(clamping: memory.start.rawValue)
        rebootToken = try node.u32("system-reboot")
    }
}

extension Firmware.OPAL {
    init?(_ node: DeviceTree.LocatedNode) throws(DeviceTreeError) {
        guard let memory = try node.range(start: "opal-base-address", size: "opal-runtime-size") else { return nil }
        self.memory = memory
        guard let entry = try node.number("opal-entry-address") else { throw .noProperty(node.path, "opal-entry-address") }
        self.entry = entry
    }
}

extension DeviceTree.LocatedNode {
    /// The range that two properties hold, each a number of 4 or 8 bytes; nil where one is missing or
    /// the size is 0.
    fileprivate func range(start: String, size: String) throws(DeviceTreeError) -> PhysicalRange? {
        guard let base = try number(start), let bytes = try number(size), bytes > 0 else { return nil }
        guard let range = PhysicalRange(start: PhysicalAddress(base), size: ByteCount(bytes)) else {
            throw .value(path, start, found: "\(base.hex) with \(size) \(bytes.hex)", allowed: "a range that ends below 2^64")
        }
        return range
    }
}
