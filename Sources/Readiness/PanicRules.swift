/// What becomes a panic, and what a panic does first.
extension Assessment {
    var panicItems: [ReadinessItem] { [onOops, timeout, postNotifiers].compactMap { $0 } }

    private var onOops: ReadinessItem? {
        switch evidence.panicOnOops {
        case .found(0, let file) where isCaptureKernel: ReadinessItem(.panicOnOops, .info, "0: an oops kills a process", file)
        case .found(0, let file):
            ReadinessItem(
                .panicOnOops, .warning, "0: an oops kills a process and gives no dump", file,
                remedy: "sysctl -w kernel.panic_on_oops=1")
        case .found(let value, let file): ReadinessItem(.panicOnOops, .ok, "\(value): an oops panics", file)
        case .absent, .unreadable: ReadinessItem(.panicOnOops, unread: evidence.panicOnOops)
        }
    }

    /// The jump into the crash image, and the firmware's dump, come before the timeout.
    private var timeout: ReadinessItem? {
        switch evidence.panicTimeout {
        case .found(let value, let file):
            switch capture {
            case .image: ReadinessItem(.panicTimeout, .info, "\(value): not reached, the image starts first", file)
            case .firmware: ReadinessItem(.panicTimeout, .info, "\(value): not reached, the firmware takes over first", file)
            case .none: ReadinessItem(.panicTimeout, .info, Self.afterPanic(value), file)
            }
        case .absent, .unreadable: ReadinessItem(.panicTimeout, unread: evidence.panicTimeout)
        }
    }

    private static func afterPanic(_ timeout: Int64) -> String {
        switch timeout {
        case 0: "0: a panic leaves the machine standing still"
        case ..<0: "\(timeout): a panic reboots the machine at once"
        default: "\(timeout): a panic reboots the machine after \(timeout) s"
        }
    }

    /// fadump itself sets it: the firmware is called by a panic notifier.
    private var postNotifiers: ReadinessItem? {
        guard capture != .firmware, !isCaptureKernel, case .found(true, let file) = evidence.postNotifiers else { return nil }
        return ReadinessItem(
            .postNotifiers, .warning, "run before the crash image starts: one that hangs prevents the dump", file,
            remedy: "boot without crash_kexec_post_notifiers, unless the hypervisor needs it")
    }
}
