import PhysicalMemory

/// The machine's memory, where kernels look for it (early_init_dt_scan_memory() of drivers/of/fdt.c).
extension DeviceTree {
    /// The root's children with device_type "memory" that are in use.
    public var memoryNodes: [LocatedNode] {
        locatedRoot.children.filter { $0["device_type"] == Array("memory".utf8) + [0] && $0.isAvailable }
    }

    /// What their `reg` describe, in address order, never empty. What a hypervisor describes elsewhere
    /// (ibm,dynamic-reconfiguration-memory) is not among it.
    public func memory() throws(DeviceTreeError) -> [PhysicalRange] {
        var ranges: [PhysicalRange] = []
        for node in memoryNodes { ranges += try node.ranges() ?? [] }
        guard !ranges.isEmpty else { throw .noMemory }
        return ranges.normalized()
    }

    /// What nodes below /reserved-memory keep, where they say where (drivers/of/of_reserved_mem.c).
    public func reservedMemory() throws(DeviceTreeError) -> [PhysicalRange] {
        var ranges: [PhysicalRange] = []
        for node in node("/reserved-memory")?.children ?? [] where node.isAvailable { ranges += try node.ranges() ?? [] }
        return ranges
    }
}
