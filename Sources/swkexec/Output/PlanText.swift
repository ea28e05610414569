import LoadPlan

/// A plan in the form that was asked for.
enum PlanText {
    enum Format: String, CaseIterable {
        case table, map, json
    }

    /// - Parameter files: the names that the segments were written to; nil when they were not
    static func text(_ plan: LoadPlan, format: Format, files: [String]?) -> String {
        switch format {
        case .table: PlanTable.text(plan)
        case .map: PlanMap.text(plan, width: Terminal.width)
        case .json: PlanJSON.text(plan, files: files)
        }
    }
}
