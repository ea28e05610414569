import ByteStorage
import LoadPlan
import PhysicalMemory

/// A call of kexec_file_load(2) for people.
enum FilePlanTable {
    static func text(_ plan: FileLoadPlan) -> String {
        var text = "kexec_file_load, the kernel makes the segments\n\n"
        for file in plan.files {
            let role = file.role.rawValue
            text += "\(role)\(String(repeating: " ", count: 14 - role.count))\(file.name.printable), \(file.contents.count) bytes\n"
        }
        text += "flags         \(([plan.flags.rawValue.hex] + plan.flags.names).joined(separator: " "))\n"
        text += "command line  \(plan.commandLine.description.printable)\n"
        for warning in plan.warnings { text += "warning       \(warning.printable)\n" }
        return text
    }
}
