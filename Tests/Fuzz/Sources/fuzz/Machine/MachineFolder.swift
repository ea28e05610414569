import ByteStorage
import Glibc
import HostState
import Synchronization
import SystemPackage

/// A folder that holds the files of one machine after the other. Only what differs from the one before is written: a
/// machine is some fifty files, and a fuzzer changes one of them at a time.
final class MachineFolder: Sendable {
    let root: SystemRoot
    private let held = Mutex<[String: [UInt8]]>([:])

    /// Below TMPDIR, which Scripts/fuzz lets point into memory and removes.
    init(name: String) {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        root = SystemRoot(FilePath(base).appending("\(name)-\(getpid())"))
    }

    /// Makes the folder hold these files and no others.
    func hold(_ files: MachineFiles) {
        let wanted = files.contents.filter { $0.key.contains("/") }
        held.withLock { held in
            for name in held.keys where wanted[name] == nil { remove(name) }
            for (name, bytes) in wanted where held[name] != bytes { write(bytes, to: name) }
            held = wanted
        }
    }

    private func write(_ bytes: [UInt8], to name: String) {
        do {
            let file = root.file(name)
            try Directory.make(file.removingLastComponent())
            try SmallFile.write(Bytes(bytes), to: file)
        } catch {
            fatalError("the harness cannot write: \(error)")
        }
    }

    /// Removes a file and the folders that are empty without it: a folder tells something, too.
    private func remove(_ name: String) {
        var file = root.file(name)
        unsafe unlink(file.string)
        while file.removeLastComponent(), file != root.path, unsafe rmdir(file.string) == 0 {}
    }
}
