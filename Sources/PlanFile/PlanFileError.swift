import CPlanFormat
import SHA256

/// Why a file is no plan that can be carried out, or a plan cannot be written. Without the file's name.
public enum PlanFileError: Error, Equatable, CustomStringConvertible {
    /// It does not begin with SWKXPLAN.
    case notAPlanFile
    /// Fewer bytes than a header: how many.
    case tooShort(Int)
    /// A version that this program does not know.
    case version(UInt32)
    /// fileSize is not the size of the file.
    case size(stated: UInt64, actual: Int)
    /// Its SHA-256 is not that of its bytes.
    case damaged(stated: SHA256Digest, computed: SHA256Digest)
    /// The digest is right, so whoever wrote the file wrote it so: the rule that it breaks.
    case malformed(String)
    /// Header, tables and texts would be too large.
    case headTooLarge(Int)
    /// A fact that the format has no room for.
    case unwritablePrecondition(String, String)

    public var description: String {
        switch self {
        case .notAPlanFile: PLAN_NOT_A_PLAN
        case .tooShort(let count): PLAN_CUT_SHORT.filled(count, PlanFileHeader.size)
        case .version(let version): PLAN_OTHER_VERSION.filled(version, PLAN_VERSION)
        case .size(let stated, let actual): PLAN_OTHER_SIZE.filled(actual, stated)
        case .damaged(let stated, let computed): PLAN_DAMAGED.filled(computed, stated)
        case .malformed(let rule): PLAN_MALFORMED + rule
        case .headTooLarge(let size):
            "command line and facts are too long for a plan file: its head would have \(size) bytes, \(PLAN_HEAD_LIMIT) are allowed"
        case .unwritablePrecondition(let path, let fault): "\(path): no precondition for a plan file: \(fault)"
        }
    }
}
