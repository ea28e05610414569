import FirmwareAssistedDump
import HostState
import LoadPlan
import PhysicalMemory

/// Firmware-assisted dump: lines only on machines that have it.
extension Assessment {
    var fadumpItems: [ReadinessItem] {
        let fadump = evidence.fadump
        switch fadump.enabled {
        case .absent: return []
        case .unreadable: return [ReadinessItem(.fadump, unread: fadump.enabled)].compactMap { $0 }
        case .found(0, let file): return [ReadinessItem(.fadump, .info, "off; a crash image is needed", file)]
        case .found(_, let file):
            return [
                ReadinessItem(.fadump, .ok, "on", file), registered, hotplugReady, reserved,
            ].compactMap { $0 }
        }
    }

    private var registered: ReadinessItem? {
        let reading = evidence.fadump.registered
        switch reading {
        case .found(0, let file):
            let remedy =
                evidence.fadump.isDumpActive == true
                ? "save the dump in /proc/vmcore, then reboot"
                : evidence.fadump.harmOfRegistering == nil
                    ? "write 1 to this file; where that fails, dmesg says why"
                    : "reboot: after a release, registering writes into memory that may be in use"
            return ReadinessItem(.fadumpRegistered, state(without: .bad), "not registered with the firmware", file, remedy: remedy)
        case .found(_, let file): return ReadinessItem(.fadumpRegistered, .ok, "at a panic the firmware saves the memory", file)
        case .absent, .unreadable:
            return ReadinessItem(
                .fadumpRegistered, unread: reading, state: state(without: .bad),
                remedy: "find out what this file is: the kernel writes 0 or 1"
            )
        }
    }

    /// A loaded image, should there be one, captures the dump all the same.
    private func state(without capture: ReadinessItem.State) -> ReadinessItem.State {
        self.capture == .image ? .warning : capture
    }

    private var hotplugReady: ReadinessItem? {
        let reading = evidence.fadump.hotplugReady
        guard reading.value != 1 else {
            return ReadinessItem(.fadumpHotplug, .ok, "the capture kernel describes the memory itself", reading.file)
        }
        switch reading {
        case .found, .absent:
            let obstacle = HotplugObstacle.registrationGoesStale(reading)
            return ReadinessItem(.fadumpHotplug, hotplug ? .bad : .warning, obstacle.reason, reading.file, remedy: obstacle.remedy)
        case .unreadable:
            return ReadinessItem(
                .fadumpHotplug, unread: reading, state: hotplug ? .bad : .unknown, remedy: "find out what this file is: the kernel writes 1"
            )
        }
    }

    private var reserved: ReadinessItem? {
        switch evidence.fadump.reservedBytes {
        case .found(let bytes, let file): ReadinessItem(.fadumpMemory, .info, "\(ByteCount(bytes).rounded) reserved", file)
        case .absent: nil  // older kernels have no such file
        case .unreadable: ReadinessItem(.fadumpMemory, unread: evidence.fadump.reservedBytes)
        }
    }
}
