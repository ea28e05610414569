import PhysicalMemory

/// Whether the named kernel fits, and what it leaves.
extension Assessment {
    /// What a distribution's kernel takes to run beyond the memory it is loaded to: its page
    /// tables, drivers, and what the initrd unpacks to.
    static let memoryToRun = ByteCount.mebibytes(64)

    var plannedImageItem: ReadinessItem? {
        guard let image else { return nil }
        switch image.outcome {
        case .fits(let taken, let region):
            let left = ByteCount(region.size.rawValue - min(taken.rawValue, region.size.rawValue))
            let value = "takes \(taken.rounded) of \(region.size.rounded), \(left.rounded) left to run in"
            guard left < Self.memoryToRun else { return ReadinessItem(.plannedImage, .ok, value, image.kernel) }
            return ReadinessItem(
                .plannedImage, .warning, value, image.kernel,
                remedy:
                    "boot with a larger crashkernel=: most kernels take \(Self.memoryToRun) to run, and the initrd unpacks to more than its file"
            )
        case .refused(let why):
            return ReadinessItem(
                .plannedImage, needsImage ? .bad : .warning, why, image.kernel,
                remedy: needsImage ? "name another kernel or initrd, or change what the line says is missing" : "none is needed here")
        case .unplannable(let why): return ReadinessItem(.plannedImage, .unknown, why, image.kernel)
        }
    }
}
