import FirmwareAssistedDump
import HostState
import PhysicalMemory

/// Firmware-assisted dump: lines only on machines that have it.
extension Assessment {
    var fadumpItems: [ReadinessItem] {
        let fadump = facts.fadump
        switch fadump.enabled {
        case .absent: return []
        case .unreadable: return [ReadinessItem(.fadump, untold: fadump.enabled)].compactMap { $0 }
        case .told(0, let file): return [ReadinessItem(.fadump, .info, "off; a crash image is needed", file)]
        case .told(_, let file):
            return [
                ReadinessItem(.fadump, .ok, "on", file), registered, hotplugReady, reserved,
            ].compactMap { $0 }
        }
    }

    private var registered: ReadinessItem? {
        let fact = facts.fadump.registered
        switch fact {
        case .told(0, let file):
            let remedy =
                facts.fadump.isDumpActive == true
                ? "save the dump at hand, then reboot"
                : facts.fadump.harmOfRegistering == nil
                    ? "write 1 to this file; dmesg tells why that fails"
                    : "reboot: after a release this kernel cannot register without harm"
            return ReadinessItem(.fadumpRegistered, state(without: .bad), "not registered with the firmware", file, remedy: remedy)
        case .told(_, let file): return ReadinessItem(.fadumpRegistered, .ok, "the firmware keeps the memory of a panic", file)
        case .absent, .unreadable:
            return ReadinessItem(
                .fadumpRegistered, untold: fact, state: state(without: .bad), remedy: "find out what this file is: the kernel writes 0 or 1"
            )
        }
    }

    /// A loaded image, should there be one, captures the dump all the same.
    private func state(without capture: ReadinessItem.State) -> ReadinessItem.State {
        self.capture == .image ? .warning : capture
    }

    private var hotplugReady: ReadinessItem? {
        let fact = facts.fadump.hotplugReady
        guard fact.value != 1 else {
            return ReadinessItem(.fadumpHotplug, .ok, "the capture kernel describes the memory itself", fact.file)
        }
        switch fact {
        case .told, .absent:
            return ReadinessItem(
                .fadumpHotplug, hotplug ? .bad : .warning, "the registration goes stale when memory comes and goes", fact.file,
                remedy: "write 0, then 1 to \(facts.fadump.registered.file) after every change, or boot Linux 6.10 or newer")
        case .unreadable:
            return ReadinessItem(
                .fadumpHotplug, untold: fact, state: hotplug ? .bad : .unknown, remedy: "find out what this file is: the kernel writes 1")
        }
    }

    private var reserved: ReadinessItem? {
        switch facts.fadump.reservedBytes {
        case .told(let bytes, let file): ReadinessItem(.fadumpMemory, .info, "\(ByteCount(bytes).rounded) reserved", file)
        case .absent: nil  // older kernels do not tell
        case .unreadable: ReadinessItem(.fadumpMemory, untold: facts.fadump.reservedBytes)
        }
    }
}
