import TestSupport

/// The properties of a device tree that can be there: those of the recorded machine of which something depends, and what other
/// machines have. The rest of its 270 would only be carried along.
enum TreeFiles {
    private static let folder = "proc/device-tree/"

    /// Below the root of /proc and /sys.
    static let names: Set<String> = {
        let recorded = (try? RecordedMachine.ppc64le.copy().allFiles()) ?? []
        return Set(
            recorded.filter { $0.hasPrefix(folder) && isOfInterest(String($0.dropFirst(folder.count))) } + others.map { folder + $0 })
    }()

    private static let others = [
        "reserved-ranges", "chosen/linux,htab-base", "chosen/linux,htab-size", "chosen/stdout-path", "vdevice/linux,tce-base",
        "vdevice/linux,tce-size", "ibm,opal/opal-base-address", "ibm,opal/opal-entry-address", "ibm,opal/opal-runtime-size",
        "reserved-memory/#address-cells", "reserved-memory/#size-cells", "reserved-memory/area@0/reg", "reserved-memory/area@0/status",
        "memory@20000000/reg", "memory@20000000/device_type", "ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory",
        "cpus/ibm,powerpc-cpu-features/vector-crypto/name",
    ]

    private static func isOfInterest(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        guard let top = parts.first, let last = parts.last else { return false }
        switch top {
        case "chosen": return !last.hasPrefix("qemu,")
        case "cpus", "memory@0", "ibm,dynamic-reconfiguration-memory": return true
        case "vdevice": return !name.contains("nvram")
        case "rtas": return last.hasPrefix("linux,") || ["rtas-size", "system-reboot", "name"].contains(last)
        case "pci@800000020000000": return parts.count == 2 && ["linux,pci-domain", "device_type", "reg", "name"].contains(last)
        default: return parts.count == 1 && ["#address-cells", "#size-cells", "compatible", "device_type", "name"].contains(last)
        }
    }
}
