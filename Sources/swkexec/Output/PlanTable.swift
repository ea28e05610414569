import ByteStorage
import LoadPlan
import PhysicalMemory

/// A plan for people: a line a segment, then what concerns all of them.
enum PlanTable {
    static func text(_ plan: LoadPlan) -> String {
        var rows = [["SEGMENT", "START", "END", "MEMORY", "LOADED", "DIGEST"]]
        for segment in plan.segments {
            rows.append([
                segment.role.rawValue, segment.memory.start.description, segment.memory.last.description,
                "\(segment.memory.size.rawValue)", "\(segment.contents.count)", digest(segment, in: plan),
            ])
        }
        var text = layOut(rows)
        text += "\nentry         \(plan.entry)"
        text += "\nflags         \(([plan.flags.rawValue.hex] + plan.flags.names).joined(separator: " "))"
        text += "\ncommand line  \(plan.commandLine.description.printable)"
        if let digest = plan.digest {
            text += "\ndigest        sha256 \(digest.value) over \(digest.coveredBytes) bytes"
        } else {
            text += "\ndigest        none, purgatory does not check (-i)"
        }
        for warning in plan.warnings { text += "\nwarning       \(warning.printable)" }
        return text + "\n"
    }

    private static func digest(_ segment: Segment, in plan: LoadPlan) -> String {
        switch segment.digestRule {
        case .included: plan.digest == nil ? "not checked" : "included"
        case .excluded(because: .hotplug): "excluded: the kernel rewrites it on hotplug"
        case .excluded(because: .purgatory): "excluded: it holds the digest"
        }
    }

    /// Columns as wide as their widest cell; numbers to the right, words to the left.
    private static func layOut(_ rows: [[String]]) -> String {
        let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 5 ? cell : 1...4 ~= column ? padding + cell : cell + padding
            }.joined(separator: "  ")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
