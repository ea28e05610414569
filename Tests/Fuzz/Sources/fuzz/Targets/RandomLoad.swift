import PlanChecker
import RandomLoads

extension FuzzTarget {
    /// A load that the bytes decide over, of a machine that they decide over: one clear error, or a plan that an independent checker
    /// finds right.
    static let randomLoad = FuzzTarget(name: "randomload") {
        (0..<12).map { seed in (0..<64).map { UInt8(truncatingIfNeeded: seed * 37 + $0 * ($0 + seed)) } }
    } read: { bytes in
        guard let first = bytes.first else { return }
        var choices = Choices(bytes: Array(bytes.dropFirst()))
        let architecture = [CheckedArchitecture.x86_64, .ppc64le, .aarch64, .riscv64][Int(first) % 4]
        attempt {
            let load = try RandomLoad(architecture, &choices)
            switch load.outcome() {
            case .refused(let text): promise(isLine(text), "an error is one line")
            case .strange(let text): promise(false, "an error has a type: \(text)")
            case .plan(let plan):
                let violations = load.violations(of: plan, digestToo: true)
                promise(violations.isEmpty, "\(violations)\n\(load.description)")
            }
        }
    }
}
