import FirmwareAssistedDump
import HostState

/// The crash image, and whether it stays right.
extension Assessment {
    var imageItems: [ReadinessItem] {
        [
            hypervisor, captureKernel, crashImage, hotplugItem(.cpuHotplug, evidence.cpuHotplug, other: evidence.memoryHotplug, of: "CPUs"),
            hotplugItem(.memoryHotplug, evidence.memoryHotplug, other: evidence.cpuHotplug, of: "memory"),
        ].compactMap { $0 }
    }

    /// Whether the hypervisor has an image of its own, this kernel does not show.
    private var hypervisor: ReadinessItem? {
        switch evidence.xen {
        case .found(let xen, let file):
            guard let obstacle = xen.obstacle else { return ReadinessItem(.hypervisor, .info, "Xen, with a machine of its own", file) }
            return ReadinessItem(.hypervisor, .bad, obstacle.reason, file, remedy: obstacle.remedy)
        case .absent: return nil
        case .unreadable: return ReadinessItem(.hypervisor, unread: evidence.xen)
        }
    }

    /// There is a line only where something is to be said.
    private var captureKernel: ReadinessItem? {
        guard let file = evidence.captureKernelFile else { return nil }
        return ReadinessItem(
            .captureKernel, capture == .none ? .bad : .warning,
            "a capture kernel, which a panic started", file, remedy: "save the dump and reboot")
    }

    private var crashImage: ReadinessItem? {
        let reading = evidence.crashImageLoaded
        guard needsImage || reading.value ?? 0 != 0 else {
            return ReadinessItem(.crashImage, .info, "none, and none is needed here", reading.file)
        }
        switch reading {
        case .found(0, let file):
            let hotplug = evidence.hotplugObstacle == nil ? "--hotplug " : ""
            return ReadinessItem(
                .crashImage, .bad, "none is loaded", file, remedy: "load one: swkexec -p \(hotplug)KERNEL --initrd=FILE --append=STRING")
        case .found(_, let file): return ReadinessItem(.crashImage, .ok, "loaded", file)
        case .absent(let file):
            return ReadinessItem(
                .crashImage, .bad, "no such file", file,
                remedy: "boot a kernel built with CONFIG_KEXEC and CONFIG_CRASH_DUMP, and have /sys mounted (or recorded)")
        case .unreadable:
            return ReadinessItem(.crashImage, unread: reading, state: .bad, remedy: "find out what this file is: the kernel writes 0 or 1")
        }
    }

    /// What is asked for by --hotplug is bad when it is missing; what nobody asked for, a warning.
    private var missingHotplug: ReadinessItem.State { hotplug ? .bad : .warning }

    private func hotplugItem(
        _ id: ReadinessItem.ID, _ reading: Reading<UInt64>, other: Reading<UInt64>, of what: String
    ) -> ReadinessItem? {
        guard needsImage || capture == .image else { return nil }
        if capture == .image, let answer = answer(id, reading, other: other, of: what) { return answer }
        // No image tells, so it is what the kernel can do that counts.
        if let obstacle = evidence.hotplugObstacle {
            let state = hotplug || capture == .image ? missingHotplug : .info
            return ReadinessItem(
                id, state, obstacle.reason, evidence.elfcorehdrCapacity.file, remedy: state == .info ? nil : obstacle.remedy)
        }
        switch reading {
        case .found(_, let file): return ReadinessItem(id, .info, "can be updated, once an image is loaded for it", file)
        case .absent(let file): return ReadinessItem(id, .info, "this kernel has no hotplug of \(what)", file)
        case .unreadable: return unreadable(id, reading)
        }
    }

    /// What the kernel says of the image that is loaded; nil where it says nothing.
    private func answer(
        _ id: ReadinessItem.ID, _ reading: Reading<UInt64>, other: Reading<UInt64>, of what: String
    ) -> ReadinessItem? {
        switch reading {
        case .found(0, let file):
            return ReadinessItem(
                id, missingHotplug, "the image goes stale when \(what) come and go", file,
                remedy: evidence.hotplugObstacle?.remedy ?? "load it again with --hotplug, or after every change")
        case .found(_, let file): return ReadinessItem(id, .ok, "the kernel keeps the image up to date", file)
        case .absent(let file) where other.value != nil:
            return ReadinessItem(id, .info, "this kernel has no hotplug of \(what)", file)
        case .absent: return nil
        case .unreadable: return unreadable(id, reading)
        }
    }

    private func unreadable(_ id: ReadinessItem.ID, _ reading: Reading<UInt64>) -> ReadinessItem? {
        ReadinessItem(
            id, unread: reading, state: hotplug ? .bad : .unknown, remedy: "find out what this file is: the kernel writes 0 or 1")
    }
}
