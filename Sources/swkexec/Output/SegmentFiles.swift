import ByteStorage
import Inspection
import LoadPlan
import SystemPackage

/// Each segment's loaded bytes in a file of its own, numbered in address order.
enum SegmentFiles {
    /// Writes them and returns their names: `02-kernel.bin`.
    static func write(_ plan: LoadPlan, to folder: FilePath) throws(FileError) -> [String] {
        try Directory.make(folder)
        var names: [String] = []
        for (index, segment) in plan.segments.enumerated() {
            let name = name(index, segment.role)
            try SmallFile.write(segment.contents, to: folder.appending(name))
            names.append(name)
        }
        return names
    }

    /// The same of an image that is loaded, as its memory is now.
    static func write(_ inspection: ImageInspection, of memory: some CrashMemory, to folder: FilePath) throws -> [String] {
        try Directory.make(folder)
        var names: [String] = []
        for (index, segment) in inspection.segments.enumerated() {
            let name = name(index, segment.role)
            try SmallFile.write(to: folder.appending(name)) { append in
                for portion in segment.loadedPortions { try append(Bytes(try memory.bytes(portion))) }
            }
            names.append(name)
        }
        return names
    }

    private static func name(_ index: Int, _ role: SegmentRole) -> String { "\(index < 10 ? "0" : "")\(index)-\(role.rawValue).bin" }
}
