import LoadPlan
import PhysicalMemory

extension KernelCommandLine {
    /// The line with parameters that the new kernel must see. Throws where it would not see them, or not all of the line.
    /// - Parameter parameters: nil for those that are not needed
    public func adding(_ parameters: [KernelCommandLine?]) throws(PlanError) -> KernelCommandLine {
        if bytes.contains(0) { throw .commandLineHasNUL }
        let parameters = parameters.compactMap { $0 }
        if !parameters.isEmpty, hasOpenQuote { throw .commandLineHasOpenQuote }
        var line = self
        for parameter in parameters { line.add(parameter) }
        return line
    }

    /// Where a capture kernel finds the elfcorehdr (Documentation/admin-guide/kernel-parameters.txt).
    public static func elfcorehdr(at place: PhysicalRange?) -> KernelCommandLine? {
        place.map { KernelCommandLine("elfcorehdr=\($0.start)") }
    }
}
