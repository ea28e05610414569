import HostState
import SystemPackage

/// One line of the answer: what was read, what it means for a dump, and what to do.
public struct ReadinessItem: Hashable, Sendable {
    /// How good that is. The raw values are words of the JSON form and do not change.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Neither good nor bad, but worth knowing.
        case info
        /// A dump would be captured, though not of every failure, or not for long.
        case warning
        /// No dump would be captured, or not the one that was asked for.
        case bad
        /// Not known from the file, and not needed for the verdict.
        case unknown
    }

    /// What a line is about; the file of each is listed in swkexec(8). The raw values are words of the
    /// JSON form and do not change.
    public enum ID: String, Hashable, Sendable, CaseIterable {
        case hypervisor = "hypervisor"
        case handover = "handover"
        case crashCMA = "crash-cma"
        case captureKernel = "capture-kernel"
        case crashImage = "crash-image"
        case imageIntact = "image-intact"
        case imageCurrent = "image-current"
        case cpuHotplug = "cpu-hotplug"
        case memoryHotplug = "memory-hotplug"
        case crashRegion = "crash-region"
        case crashSize = "crash-size"
        case crashKernelParameter = "crashkernel-parameter"
        case plannedImage = "planned-image"
        case fadump = "fadump"
        case fadumpRegistered = "fadump-registered"
        case fadumpHotplug = "fadump-hotplug"
        case fadumpMemory = "fadump-memory"
        case panicOnOops = "panic-on-oops"
        case panicTimeout = "panic-timeout"
        case postNotifiers = "post-notifiers"
        case loadDisabled = "load-disabled"
        case loadLimit = "load-limit"
        case lockdown = "lockdown"
        case secureBoot = "secure-boot"
        case imaPolicy = "ima-policy"

        /// For people.
        public var what: String {
            switch self {
            case .hypervisor: "hypervisor"
            case .handover: "handover"
            case .crashCMA: "crashkernel=…,cma"
            case .captureKernel: "running kernel"
            case .crashImage: "crash image"
            case .imageIntact: "image in memory"
            case .imageCurrent: "image's elfcorehdr"
            case .cpuHotplug: "CPU hotplug"
            case .memoryHotplug: "memory hotplug"
            case .crashRegion: "crash region"
            case .crashSize: "reserved memory"
            case .crashKernelParameter: "crashkernel="
            case .plannedImage: "named kernel"
            case .fadump: "fadump"
            case .fadumpRegistered: "fadump registration"
            case .fadumpHotplug: "fadump and hotplug"
            case .fadumpMemory: "fadump memory"
            case .panicOnOops: "kernel.panic_on_oops"
            case .panicTimeout: "kernel.panic"
            case .postNotifiers: "panic notifiers"
            case .loadDisabled: "kexec_load_disabled"
            case .loadLimit: "kexec_load_limit_panic"
            case .lockdown: "lockdown"
            case .secureBoot: "Secure Boot"
            case .imaPolicy: "IMA policy"
            }
        }
    }

    /// What the line is about.
    public let id: ID
    /// How good that is.
    public let state: State
    /// What was found, for people.
    public let value: String
    /// Where it was read; for the named kernel, that file.
    public let file: FilePath
    /// What to do; nil where nothing is to be done.
    public let remedy: String?

    init(_ id: ID, _ state: State, _ value: String, _ file: FilePath, remedy: String? = nil) {
        self.id = id
        self.state = state
        self.value = value
        self.file = file
        self.remedy = remedy
    }

    /// A line about a file that is absent or cannot be read; nil where it was read.
    init?<Value>(_ id: ID, unread reading: Reading<Value>, state: State = .unknown, remedy: String? = nil) {
        switch reading {
        case .found: return nil
        case .absent(let file): self.init(id, state, "no such file", file, remedy: remedy)
        case .unreadable(let file, let error):
            self.init(id, state, error.reason, file, remedy: error.needsRoot ? "run as root" : remedy)
        }
    }
}
