import HostState
import LoadPlan

/// Whether the kernel will keep the crash image right that it was just given.
enum HotplugPromise {
    /// The kernel's own word in sysfs.
    /// - Parameter explain: called with a sentence for each file that reads 1
    static func confirm(_ root: SystemRoot, explain: (String) -> Void) throws {
        let files = KexecFiles(root)
        for reading in [files.cpuHotplug, files.memoryHotplug] {
            switch try reading.get() {
            case nil: continue  // a kernel without that kind of hotplug has no such file
            case 0?: throw HotplugObstacle.declined(reading.file)
            case let value?: explain("\(reading.file) reads \(value)")
            }
        }
    }
}
