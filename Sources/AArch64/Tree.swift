import DeviceTree
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// The device tree that the new kernel gets: the one this kernel was booted with, changed.
extension Load: DeviceTreeLoad {
    /// What the EFI stub tells its kernel of the firmware (drivers/firmware/efi/fdtparams.c, libstub/fdt.c).
    private static let propertiesOfEFI = "linux,uefi-"

    func tree(_ commandLine: KernelCommandLine, _ places: Places) throws(DeviceTreeError) -> DeviceTree {
        var tree = oldTree
        // The EFI stub's tree on a machine with ACPI describes nothing but what it tells the kernel.
        if tree.root["#address-cells"] == nil, tree.root["#size-cells"] == nil, tree.root.children.allSatisfy({ $0.name == "chosen" }) {
            tree.root.set("#address-cells", u32: 2)
            tree.root.set("#size-cells", u32: 2)
        }
        let cells = try tree.locatedRoot.cells()
        let crash = request.purpose == .crash
        let header = try crash ? cells.bytes([places[.elfcorehdr]].compactMap { $0 }) : nil
        let usable = try crash ? cells.bytes(host.captureMemory) : nil
        try tree.edit("/chosen", creating: true) { chosen in
            chosen.setCommandLine(commandLine)
            if !options.handsOverEFI { chosen.properties.removeAll { $0.name.hasPrefix(Self.propertiesOfEFI) } }
            chosen.setInitrd(initrd(places))
            if let header { chosen["linux,elfcorehdr"] = header }
            if let usable { chosen["linux,usable-memory-range"] = usable }
            // The kernel wipes both after reading them; neither may ever be used twice.
            chosen["kaslr-seed"] = Array(request.rngSeed.prefix(8))
            chosen["rng-seed"] = Array(request.rngSeed.dropFirst(8))
        }
        return tree
    }
}
