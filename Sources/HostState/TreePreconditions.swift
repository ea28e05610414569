import DeviceTree

/// What a plan carries of the device tree that it was made from. CPUs, memory and blocks of memory come and go while a kernel runs, and
/// a kernel that finds itself on a CPU which its tree lacks does not start (early_init_dt_scan_cpus() of arch/powerpc/kernel/prom.c).
extension HostState {
    /// The nodes of CPUs and of memory, those that are not there among them. Empty for a machine without a running device tree.
    public var treePreconditions: [Precondition] {
        guard let tree = deviceTree else { return [] }
        let memory = tree.memoryNodes.map(\.node.baseName).filter { !$0.hasPrefix(Self.memoryName) }
        var names = [(Self.cpusName, "set of CPUs"), (Self.memoryName, "set of memory nodes")]
        for name in memory where !names.contains(where: { $0.0 == name }) { names.append((name, "set of memory nodes")) }
        names.append((Self.dynamicMemoryName, "set of memory blocks"))
        return names.map { name, subject in
            Precondition(treeOf: tree.root, at: Self.deviceTreeName, beginningWith: name, subject: subject)
        }
    }

    /// The blob that this kernel was booted with, whole; nil where there is none.
    public var bootTreePrecondition: Precondition? {
        bootDeviceTree.map { Precondition(treeOf: $0, at: Self.bootDeviceTreeName, subject: "device tree") }
    }

    /// Properties of the running device tree, byte for byte; none for those that are not there.
    /// - Parameter names: below the root of the tree, as `rtas/linux,rtas-base`
    public func treePreconditions(of names: [String], subject: String) -> [Precondition] {
        names.compactMap { name in
            let parts = name.split(separator: "/")
            guard let property = parts.last, let value = deviceTree?.node("/" + parts.dropLast().joined(separator: "/"))?[String(property)],
                1...Precondition.expectedLimit ~= value.count
            else { return nil }
            return Precondition(.equals, subject: subject, path: "\(Self.deviceTreeName)/\(name)", expected: value)
        }
    }

    private static let cpusName = "cpus"
    private static let memoryName = "memory"
    /// PAPR, section 13.5.2.
    private static let dynamicMemoryName = "ibm,dynamic-reconfiguration-memory"
}
