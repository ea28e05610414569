import Readiness

/// The forms of `swkexec check`, as --format names them.
public enum CheckFormat: String, CaseIterable, Sendable {
    /// For people, and for programs.
    case table, json
    /// The text exposition format of Prometheus.
    case prometheus
    /// A line and an exit status, as plugins of Nagios and its relatives have them.
    case nagios

    /// The exit status of an answer.
    public func status(of readiness: Readiness) -> Int32 {
        self == .nagios ? NagiosLine(readiness).level.rawValue : readiness.isReady ? 0 : 1
    }

    /// The exit status where there is none.
    public var failure: Int32 { self == .nagios ? NagiosLine.Level.unknown.rawValue : 2 }
}

extension ReadinessReport {
    /// The form that --format names.
    public func text(_ format: CheckFormat) -> String {
        switch format {
        case .table: table
        case .json: json
        case .prometheus: ReadinessMetrics(readiness).text
        case .nagios: NagiosLine(readiness).text
        }
    }
}
