import ByteStorage
import DeviceTree
import LoadPlan
import PhysicalMemory

/// A load of a Linux kernel that is handed a flattened device tree.
///
/// The tree is flattened twice: with the longest command line, which gives its size, and with the places that were found.
/// Addresses in it have a fixed width.
public protocol DeviceTreeLoad: LinuxLoad {
    /// The tree for the new kernel.
    func tree(_ commandLine: KernelCommandLine, _ places: Places) throws(DeviceTreeError) -> DeviceTree

    /// Bytes behind the blob for what the running kernel adds to it on hotplug; nil where it adds nothing.
    func roomToGrow(_ tree: DeviceTree) throws(DeviceTreeError) -> ByteCount?
}

extension DeviceTreeLoad {
    /// None: most kernels do not change the tree.
    public func roomToGrow(_ tree: DeviceTree) throws(DeviceTreeError) -> ByteCount? { nil }

    /// The bytes that the blob needs, and room to grow.
    public func treeSize() throws(PlanError) -> ByteCount {
        let commandLine = try commandLine(unplaced)
        do throws(DeviceTreeError) {
            let tree = try tree(commandLine, unplaced)
            if let size = ByteCount(try tree.flattened().count).adding(try roomToGrow(tree) ?? .zero) { return size }
        } catch {
            throw .deviceTree(error)
        }
        throw .rule(.fdt, "it needs more room than there is")
    }

    /// With room to grow, totalsize covers the whole segment: the kernel adds nodes up to there.
    public func treeSegment(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> PlacedSegment {
        let memory = try places.memory(.fdt)
        do throws(DeviceTreeError) {
            let tree = try tree(commandLine, places)
            var blob = try tree.flattened()
            if try roomToGrow(tree) != nil, memory.size > ByteCount(blob.count) {
                blob = try tree.flattened(extraRoom: ByteCount(memory.size.rawValue - UInt64(blob.count)))
            }
            return PlacedSegment(role: .fdt, memory: memory, contents: Bytes(blob))
        } catch {
            throw .deviceTree(error)
        }
    }
}

/// What every kernel finds in /chosen (Documentation/devicetree/usage-model.rst).
extension DeviceTree.Node {
    /// Sets the new kernel's command line.
    public mutating func setCommandLine(_ commandLine: KernelCommandLine) { self["bootargs"] = commandLine.bytes + [0] }

    /// Tells where the initrd lies.
    public mutating func setInitrd(_ initrd: PhysicalRange?) {
        guard let initrd else { return }
        set("linux,initrd-start", u64: initrd.start.rawValue)
        set("linux,initrd-end", u64: initrd.end.rawValue)
    }
}
