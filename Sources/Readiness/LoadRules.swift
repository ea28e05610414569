import HostState
import LoadPlan

/// Whether an image could be loaded: it matters most where none is.
extension Assessment {
    var loadItems: [ReadinessItem] { [disabled, limit, lockdown, secureBoot, imaPolicy].compactMap { $0 } + handover }

    /// A line each for what only the kernel's own loader hands on.
    private var handover: [ReadinessItem] {
        guard let state = evidence.handover else { return [] }
        return [LoadPlan.Purpose.crash, .reboot].flatMap { LostHandover.all(state, purpose: $0, dropped: []) }.map { lost in
            ReadinessItem(
                .handover, lost.handover.isGrave && lost.handover == .volumeKeys && needsImage ? .warning : .info,
                "\(lost.handover.what): only an image by kexec_file_load gets it", lost.file,
                remedy: lost.handover == .volumeKeys && needsImage ? "load with -s" : nil)
        }
    }

    private var isCaptured: Bool { capture != .none }

    private var disabled: ReadinessItem? {
        switch evidence.loadDisabled {
        case .found(0, let file): ReadinessItem(.loadDisabled, .ok, "0: images can be loaded", file)
        case .found(let value, let file):
            switch capture {
            case .image: ReadinessItem(.loadDisabled, .ok, "\(value): the loaded image stays until the next boot", file)
            case .firmware: ReadinessItem(.loadDisabled, .info, "\(value): no image can be loaded until the next boot", file)
            case .none:
                ReadinessItem(
                    .loadDisabled, needsImage ? .bad : .info, "\(value): no image can be loaded until the next boot", file,
                    remedy: needsImage ? "reboot, and load the image before this is set" : nil)
            }
        case .absent, .unreadable: ReadinessItem(.loadDisabled, unread: evidence.loadDisabled)
        }
    }

    /// Most kernels have no limit set, older ones cannot: no line for those.
    private var limit: ReadinessItem? {
        switch evidence.loadLimit {
        case .found(..<0, _), .absent: nil
        case .found(0, let file):
            ReadinessItem(
                .loadLimit, isCaptured ? .info : needsImage ? .bad : .info, "0: no crash image can be loaded until the next boot", file,
                remedy: isCaptured || !needsImage ? nil : "reboot, and load the image before this is set")
        case .found(let value, let file): ReadinessItem(.loadLimit, .info, "\(value): this many crash images can still be loaded", file)
        case .unreadable: ReadinessItem(.loadLimit, unread: evidence.loadLimit)
        }
    }

    private static let signedRemedy = "load a kernel signed by a key that this kernel trusts, by kexec_file_load(2)"

    /// A rule that only lets signed kernels in: of concern as long as an image is yet to be loaded.
    private func signedOnly(_ id: ReadinessItem.ID, _ value: String, _ reading: Reading<some Sendable>) -> ReadinessItem {
        isCaptured || !needsImage
            ? ReadinessItem(id, .info, value, reading.file)
            : ReadinessItem(id, .warning, value, reading.file, remedy: Self.signedRemedy)
    }

    private var lockdown: ReadinessItem? {
        switch evidence.lockdown {
        case .found(.none, let file): ReadinessItem(.lockdown, .ok, "none: any kernel can be loaded", file)
        case .found(let level, _): signedOnly(.lockdown, "\(level.rawValue): only signed kernels can be loaded", evidence.lockdown)
        // Neither a kernel without lockdown nor one whose securityfs is not mounted has it.
        case .absent(let file): ReadinessItem(.lockdown, .info, "none in this kernel, or securityfs not mounted", file)
        case .unreadable: ReadinessItem(.lockdown, unread: evidence.lockdown)
        }
    }

    /// There is a line only on machines with the variable.
    private var secureBoot: ReadinessItem? {
        switch evidence.secureBoot {
        case .found(true, let file): ReadinessItem(.secureBoot, .info, "on: many distributions then lock the kernel down", file)
        case .found(false, let file): ReadinessItem(.secureBoot, .ok, "off", file)
        case .absent: nil
        case .unreadable: ReadinessItem(.secureBoot, unread: evidence.secureBoot)
        }
    }

    private var imaPolicy: ReadinessItem? {
        switch evidence.imaAppraisesKernels {
        case .found(true, _): signedOnly(.imaPolicy, "only signed kernels can be loaded", evidence.imaAppraisesKernels)
        case .found(false, let file): ReadinessItem(.imaPolicy, .ok, "asks for no signature of a kernel", file)
        case .absent: nil
        // Without CONFIG_IMA_READ_POLICY root cannot read them either.
        case .unreadable(let file, let error) where error.needsRoot:
            ReadinessItem(.imaPolicy, .unknown, "cannot be read; it may ask for signed kernels", file)
        case .unreadable: ReadinessItem(.imaPolicy, unread: evidence.imaAppraisesKernels)
        }
    }
}
