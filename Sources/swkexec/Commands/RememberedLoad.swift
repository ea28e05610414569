import ByteStorage
import HostState
import LoadPlan
import SHA256
import SystemPackage

/// What the last crash image by kexec_file_load(2) was made of, in a file of /run: the kernel, which made its segments, tells nobody. It is
/// bound to the image by the contents of the crash kernel's memory after the load, so what another loader does shows.
struct RememberedLoad {
    /// Word -> value, in the order of the file.
    private let facts: [(word: String, value: String)]

    static let folder = "run/swkexec"
    static let name = "run/swkexec/crash-image"
    private static let title = "swkexec crash image 1"
    private static let limit = 4096

    /// - Parameter memory: over the crash kernel's memory as it is
    init(_ plan: FileLoadPlan, memory: SHA256Digest) {
        func digest(_ role: FileLoadPlan.File.Role) -> String {
            plan.files.first { $0.role == role }.map { SHA256.digest(of: $0.contents).description } ?? "none"
        }
        facts = [
            ("kernel", digest(.kernel)), ("initrd", digest(.initrd)),
            ("command line", SHA256.digest(of: Bytes(plan.commandLine.bytes)).description),
            ("flags", "\(plan.flags.subtracting(.debug).rawValue)"), ("memory", memory.description),
        ]
    }

    /// Nil where nothing is remembered.
    static func read(_ root: SystemRoot) throws -> RememberedLoad? {
        guard root.exists(name) else { return nil }
        let text = String(decoding: try SmallFile.read(root.file(name), limit: limit), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.first == title else { return nil }
        return RememberedLoad(
            facts: lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return (String(line[..<colon]), String(line[colon...].dropFirst(2)))
            })
    }

    private init(facts: [(word: String, value: String)]) { self.facts = facts }

    func write(_ root: SystemRoot) throws {
        try Directory.make(root.file(Self.folder))
        let text = ([Self.title] + facts.map { "\($0.word): \($0.value)" }).joined(separator: "\n") + "\n"
        try AtomicFile.write([Bytes(Array(text.utf8))], to: root.file(Self.name), permissions: .ownerReadWrite)
    }

    /// The words of what is not the same.
    func differences(from other: RememberedLoad) -> [String] {
        let known = Dictionary(other.facts.map { ($0.word, $0.value) }) { first, _ in first }
        return facts.filter { known[$0.word] != $0.value }.map(\.word)
    }
}
