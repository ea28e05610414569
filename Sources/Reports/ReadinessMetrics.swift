import Readiness

/// The answer of `swkexec check` as metrics, in Prometheus' text exposition format 0.0.4: for node_exporter's textfile collector. Names and
/// labels are documented in swkexec(8), and do not change; no text of a file stands in them.
struct ReadinessMetrics {
    let readiness: Readiness

    init(_ readiness: Readiness) { self.readiness = readiness }

    private struct Metric {
        let name: String
        let help: String
        /// Labels as they are written, and the value.
        let samples: [(labels: String, value: Int)]
    }

    var text: String {
        metrics.map { metric in
            "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) gauge\n"
                + metric.samples.map { "\(metric.name)\($0.labels) \($0.value)\n" }.joined()
        }.joined()
    }

    private var metrics: [Metric] {
        [
            Metric(
                name: "swkexec_check_ready", help: "Whether a panic of this machine now would end in a dump.",
                samples: [("", readiness.isReady ? 1 : 0)]),
            Metric(
                name: "swkexec_check_items", help: "How many items of swkexec check are in that state.",
                samples: ReadinessItem.State.allCases.map { state in
                    ("{state=\"\(state.rawValue)\"}", readiness.items.count { $0.state == state })
                }),
            Metric(
                name: "swkexec_check_item", help: "Whether that item of swkexec check is in that state; the worst of several counts.",
                samples: worst.flatMap { item in
                    ReadinessItem.State.allCases.map { state in
                        ("{item=\"\(item.id.rawValue)\",state=\"\(state.rawValue)\"}", item.state == state ? 1 : 0)
                    }
                }),
        ]
    }

    /// One for each identifier, since no series may stand twice.
    private var worst: [(id: ReadinessItem.ID, state: ReadinessItem.State)] {
        ReadinessItem.ID.allCases.compactMap { id in
            readiness.items.filter { $0.id == id }.map(\.state).max { $0.severity < $1.severity }.map { (id, $0) }
        }
    }
}

extension ReadinessItem.State {
    fileprivate var severity: Int {
        switch self {
        case .ok: 0
        case .info: 1
        case .unknown: 2
        case .warning: 3
        case .bad: 4
        }
    }
}
