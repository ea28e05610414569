import ByteStorage
import PlanFile
import SystemPackage

/// Plan files by their names.
enum NamedPlanFile {
    /// A file that holds no plan, or a plan that no file can hold.
    struct Failure: Error, CustomStringConvertible {
        let file: FilePath
        let cause: PlanFileError

        var description: String { "\(file): \(cause)" }
    }

    /// Reads the file once, so that what was checked is what is loaded.
    static func read(_ file: FilePath) throws -> PlanFile {
        let bytes = try MemoryFile.reading(file, magic: PlanFile.magic, limit: PlanFile.sizeLimit)
        do { return try PlanFile(bytes) } catch { throw Failure(file: file, cause: error) }
    }

    /// Only its owner can read it: it holds an initrd, and addresses of the kernel.
    static func write(_ planFile: PlanFile, to file: FilePath) throws {
        let contents: [Bytes]
        do { contents = try planFile.contents() } catch { throw Failure(file: file, cause: error) }
        try AtomicFile.write(contents, to: file, permissions: .ownerReadWrite)
    }
}
