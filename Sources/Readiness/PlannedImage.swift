import PhysicalMemory
import SystemPackage

/// What came of planning a load of the kernel that the user named.
public struct PlannedImage: Sendable {
    /// Whether it fits.
    public enum Outcome: Sendable {
        /// How much of the crash region its segments take.
        case fits(taken: ByteCount, region: PhysicalRange)
        /// Why it cannot be loaded.
        case refused(String)
        /// Why no plan can be made here.
        case unplannable(String)
    }

    /// The file that was named.
    public let kernel: FilePath
    /// What came of it.
    public let outcome: Outcome

    /// A value that a command makes once it has planned.
    public init(kernel: FilePath, outcome: Outcome) {
        self.kernel = kernel
        self.outcome = outcome
    }
}
