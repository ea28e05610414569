import ByteStorage
import PhysicalMemory
import SystemPackage

/// The memory of the crash kernel's region, whoever shows it.
public protocol CrashMemory {
    /// All bytes of a range, which has no more than `ImageInspection.portion`.
    func bytes(_ range: PhysicalRange) throws(CrashMemoryError) -> [UInt8]
}

/// Why memory cannot be read.
public enum CrashMemoryError: Error, Equatable, CustomStringConvertible {
    /// The file that shows memory, and what became of it.
    case file(FileError)
    /// No mapping of the running kernel covers the range, of which that file would show it.
    case unmapped(PhysicalRange, FilePath)
    /// The file ends before the range does: a recorded one has no memory in it.
    case notThere(PhysicalRange, FilePath)

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .unmapped(let range, let path): "\(path): the running kernel does not map \(range)"
        case .notThere(let range, let path): "\(path): the file ends before \(range); a recorded one holds no memory"
        }
    }
}
