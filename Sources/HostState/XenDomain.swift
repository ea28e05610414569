/// Of which kind a domain of the Xen hypervisor is: that decides who loads and starts an image.
public enum XenDomain: Hashable, Sendable {
    /// dom0, whose kernel owns the devices, not the memory: the hypervisor has that, and takes images by a hypercall.
    case control
    /// A paravirtualized guest, which has no page tables and no CPUs of its own to hand on.
    case paravirtualized
    /// A guest with hardware's help (HVM, PVH), which is a machine to its kernel.
    case hardware

    /// "xen" in a domain of Xen; other hypervisors have none of these files (Documentation/ABI/stable/sysfs-hypervisor-xen).
    static let typeName = "sys/hypervisor/type"
    /// HVM, PV or PVH. Linux 4.13 and newer.
    static let guestTypeName = "sys/hypervisor/guest_type"
    /// "control_d" in dom0, else empty; xenfs, which dom0's tools mount.
    static let capabilitiesName = "proc/xen/capabilities"

    /// Nil outside of Xen.
    static func read(_ root: SystemRoot) throws(HostStateError) -> XenDomain? {
        guard try root.line(typeName) == "xen" else { return nil }
        if try root.line(capabilitiesName)?.contains("control_d") == true { return .control }
        return try root.line(guestTypeName) == "PV" ? .paravirtualized : .hardware
    }

    /// The same as a reading of the file that shows the hypervisor.
    public static func reading(_ root: SystemRoot) -> Reading<XenDomain> {
        .read(typeName, in: root) { _ throws(HostStateError) in try read(root) }
    }

    /// Why this kernel can load no image, and what to do instead.
    public struct Obstacle: Hashable, Sendable, CustomStringConvertible {
        /// What the machine is.
        public let reason: String
        /// Who can do what this kernel cannot.
        public let remedy: String

        public var description: String { "\(reason); \(remedy)" }
    }

    /// Why no image can be loaded in the domain; nil where one can.
    public var obstacle: Obstacle? {
        switch self {
        case .control:
            Obstacle(
                reason:
                    "this is the control domain of Xen (dom0): the hypervisor has the machine's memory, and takes images by a hypercall that swkexec does not make",
                remedy: "crashkernel= belongs on the hypervisor's command line, not on this kernel's; kexec-tools makes the hypercall")
        case .paravirtualized:
            Obstacle(
                reason: "this is a paravirtualized guest of Xen, whose kernel ignores crashkernel= and cannot start another one",
                remedy: "a dump of it is taken from dom0 (xl dump-core, or on_crash=\"coredump-restart\" in its configuration)")
        case .hardware: nil
        }
    }
}
