import DeviceTree
import LoadPlan
import PhysicalMemory

extension AArch64 {
    /// The device tree that the new kernel gets: the one this kernel was booted with, changed.
    enum NewTree {
        /// What a loader wrote for the kernel that runs now.
        private static let foreignProperties = [
            "linux,initrd-start", "linux,initrd-end", "linux,elfcorehdr", "linux,usable-memory-range",
        ]

        /// - Parameters:
        ///   - crashRegions: of a crash kernel, the one that it was loaded to first
        ///   - seed: fresh entropy, 32 bytes for the new kernel's random numbers and its address
        static func make(
            changing boot: DeviceTree, commandLine: KernelCommandLine, initrd: PhysicalRange?, elfcorehdr: PhysicalRange?,
            crashRegions: [PhysicalRange], seed: [UInt8]
        ) throws(DeviceTreeError) -> DeviceTree {
            var tree = boot
            // The EFI stub's tree on a machine with ACPI describes nothing but what it tells the kernel.
            if tree.root["#address-cells"] == nil, tree.root["#size-cells"] == nil, tree.root.children.allSatisfy({ $0.name == "chosen" }) {
                tree.root.set("#address-cells", u32: 2)
                tree.root.set("#size-cells", u32: 2)
            }
            let cells = try tree.locatedRoot.cells()
            let header = try elfcorehdr.map { (range) throws(DeviceTreeError) in try cells.bytes([range]) }
            let usable = try crashRegions.isEmpty ? nil : cells.bytes(crashRegions)
            try tree.edit("/chosen", creating: true) { chosen in
                for name in foreignProperties { chosen[name] = nil }
                chosen["bootargs"] = commandLine.bytes + [0]
                if let initrd {
                    chosen.set("linux,initrd-start", u64: initrd.start.rawValue)
                    chosen.set("linux,initrd-end", u64: initrd.end.rawValue)
                }
                if let header { chosen["linux,elfcorehdr"] = header }
                if let usable { chosen["linux,usable-memory-range"] = usable }
                // The kernel wipes both after reading them; neither may ever be used twice.
                chosen["kaslr-seed"] = Array(seed.prefix(8))
                chosen["rng-seed"] = Array(seed.dropFirst(8))
            }
            return tree
        }
    }
}
