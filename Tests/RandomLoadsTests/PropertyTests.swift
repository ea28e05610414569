import Foundation
import LoadPlan
import PlanChecker
import RandomLoads
import Testing

/// Random loads of random machines: either one clear error, or a plan that the checker finds right.
///
/// A load that fails is made again by its number: `SWKEXEC_RANDOM_LOAD=x86_64:4711 swift test --filter PropertyTests`.
@Suite struct PropertyTests {
    /// The numbers to try: those that are asked for, or the first ones.
    private static func seeds(_ name: String, count: UInt64) -> [UInt64] {
        guard let asked = ProcessInfo.processInfo.environment["SWKEXEC_RANDOM_LOAD"] else { return Array(0..<count) }
        let parts = asked.split(separator: ":").map(String.init)
        guard parts.first == name else { return [] }
        guard let last = parts.last, let seed = UInt64(last) else { return Array(0..<count) }
        return [seed]
    }

    /// - Parameter least: of a hundred loads at least so many are planned: errors alone prove nothing
    private func check(_ architecture: CheckedArchitecture, _ name: String, least: Int) throws {
        var plans = 0
        let seeds = Self.seeds(name, count: 3_400)
        var wrong: [String: (count: Int, seed: UInt64, example: String)] = [:]
        for seed in seeds {
            var choices = Choices(seed: seed)
            let load = try RandomLoad(architecture, &choices)
            var violations: [Violation] = []
            switch load.outcome() {
            case .refused(let text):
                if text.isEmpty || text.contains(where: \.isNewline) { violations = [Violation(rule: "error-of-one-line", what: text)] }
            case .strange(let text): violations = [Violation(rule: "typed-error", what: text)]
            case .plan(let plan):
                plans += 1
                violations = load.violations(of: plan, digestToo: seed % 40 == 0)
            }
            for violation in violations {
                wrong[violation.rule, default: (0, seed, "\(violation)\n\(load)")].count += 1
            }
        }
        for (rule, found) in wrong.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(rule): \(found.count) times; SWKEXEC_RANDOM_LOAD=\(name):\(found.seed): \(found.example)")
        }
        if seeds.count > 1 { #expect(plans * 100 >= seeds.count * least, "\(plans) plans of \(seeds.count) loads") }
    }

    @Test func pc() throws { try check(.x86_64, "x86_64", least: 30) }
    @Test func powerPC() throws { try check(.ppc64le, "ppc64le", least: 30) }
    @Test func arm64() throws { try check(.aarch64, "aarch64", least: 30) }
    @Test func riscv64() throws { try check(.riscv64, "riscv64", least: 30) }
}
