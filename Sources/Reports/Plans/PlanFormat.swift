/// The forms that a plan has: those of every report, and a map.
public enum PlanFormat: String, CaseIterable, Sendable {
    /// As --format names them.
    case table, map, json
}

extension PlanReport {
    /// - Parameter width: that of the map, in characters
    public func text(_ format: PlanFormat, width: Int) -> String {
        switch format {
        case .table: table
        case .map: PlanMap.text(plan, width: width)
        case .json: json
        }
    }
}

extension PlanFileReport {
    /// - Parameter width: that of the map, in characters
    public func text(_ format: PlanFormat, width: Int) -> String {
        switch format {
        case .table: table
        case .map: PlanMap.text(file.plan, width: width)
        case .json: json
        }
    }
}
