import ByteStorage
import LoadPlan
import SystemPackage

/// Each segment's loaded bytes in a file of its own, numbered in address order.
enum SegmentFiles {
    /// Writes them and returns their names: `02-kernel.bin`.
    static func write(_ plan: LoadPlan, to folder: FilePath) throws(FileError) -> [String] {
        try Directory.make(folder)
        var names: [String] = []
        for (index, segment) in plan.segments.enumerated() {
            let name = "\(index < 10 ? "0" : "")\(index)-\(segment.role.rawValue).bin"
            try SmallFile.write(segment.contents, to: folder.appending(name))
            names.append(name)
        }
        return names
    }
}
