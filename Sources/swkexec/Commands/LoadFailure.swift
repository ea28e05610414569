import HostState
import LoadPlan

/// A load that failed, and whether an image is in place all the same.
struct LoadFailure: Error, CustomStringConvertible {
    let cause: any Error
    let purpose: LoadPlan.Purpose
    /// Nil when it is not known.
    let isLoaded: Bool?

    /// - Parameter root: where it is looked up what is loaded now
    init(_ cause: any Error, purpose: LoadPlan.Purpose, root: SystemRoot) {
        self.cause = cause
        self.purpose = purpose
        isLoaded = KexecFiles(root).imageLoaded(for: purpose).value.map { $0 != 0 }
    }

    var description: String {
        let image = purpose == .crash ? "crash image" : "image"
        switch isLoaded {
        case true?: return "\(cause) (the \(image) loaded before is still in place)"
        case false?: return "\(cause) (no \(image) is loaded)"
        case nil: return "\(cause)"
        }
    }
}
