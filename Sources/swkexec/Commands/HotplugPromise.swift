import HostState

/// Whether the kernel will keep the crash image right that it was just given.
enum HotplugPromise {
    /// The kernel's own word in sysfs.
    /// - Parameter explain: called with a sentence for each file that reads 1
    static func confirm(_ root: SystemRoot, explain: (String) -> Void) throws(HostStateError) {
        for name in HostState.crashHotplugNames {
            switch try root.number(name) {
            case nil: continue  // a kernel without that kind of hotplug has no such file
            case 0?: throw .contradiction(root.file(name), "reads 0 after the load: the kernel took the image but will not update it")
            case let value?: explain("\(root.file(name)) reads \(value)")
            }
        }
    }
}
