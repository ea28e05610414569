import SHA256

/// Why a file is no plan that can be carried out, or a plan cannot be written. Without the file's name.
public enum PlanFileError: Error, Equatable, CustomStringConvertible {
    case notAPlanFile
    case tooShort(Int)
    case version(UInt32)
    case size(stated: UInt64, actual: Int)
    case damaged(stated: SHA256Digest, computed: SHA256Digest)
    /// The digest is right, so whoever wrote the file wrote it so: the rule that it breaks.
    case malformed(String)
    /// Header, tables and texts would be too large.
    case headTooLarge(Int)
    /// A fact that the format has no room for.
    case unwritableFact(String, String)

    public var description: String {
        switch self {
        case .notAPlanFile: "not a plan file"
        case .tooShort(let count): "cut short: it has \(count) bytes, the header alone has \(PlanFileHeader.size)"
        case .version(let version):
            "a plan file of version \(version), this program knows version \(PlanFileHeader.currentVersion)"
        case .size(let stated, let actual): "the file has \(actual) bytes, its header says \(stated): cut short, or not a plan file alone"
        case .damaged(let stated, let computed): "damaged: its SHA-256 is \(computed), its header says \(stated)"
        case .malformed(let rule): "malformed plan file: \(rule)"
        case .headTooLarge(let size):
            "command line and facts are too long for a plan file: its head would have \(size) bytes, \(PlanFileHeader.headLimit) are allowed"
        case .unwritableFact(let path, let fault): "\(path): no fact for a plan file: \(fault)"
        }
    }
}
