import CPlanFormat
import HostState
import LoadPlan

/// A plan in a file: what kexec_load(2) will be asked to do, and what it takes for granted of the machine.
/// It is made anywhere and carried out later, by swkexec or by swkexec-apply (Applier/), which reads the
/// same format in C. Its layout, numbers and sentences of refusal stand in CPlanFormat, which the two share.
///
/// Integers are little-endian on every machine. In this order and without gaps:
///
/// | what | size |
/// | --- | --- |
/// | header | `PlanFileHeader` |
/// | segment table | `SegmentEntry` each |
/// | region table | `RegionEntry` each |
/// | fact table | `FactEntry` each |
/// | texts | header's `textSize`; a text is named by its offset in here and its size |
/// | bytes of the segments | in the table's order |
///
/// All but the last are the head, of at most PLAN_HEAD_LIMIT bytes. Every byte of the file has a meaning, and the
/// SHA-256 in the header covers all that follows it; magic, version and size in front of it are compared.
/// It protects from damage, not from intent.
public struct PlanFile: Sendable {
    /// Its warnings are not kept: they are for whoever makes the plan.
    public let plan: LoadPlan
    /// Checked in this order; the first that does not hold is named.
    public let preconditions: [Precondition]

    /// What the file begins with.
    public static let magic = PlanFileHeader.magic

    /// A plan that is to be written, with what must be true of its machine.
    public init(_ plan: LoadPlan, preconditions: [Precondition]) {
        self.plan = plan
        self.preconditions = preconditions
    }

    /// The most bytes of a plan file: the largest initrd and the largest kernel that are read at all, and
    /// as much again.
    public static let sizeLimit = Int(PLAN_SIZE_LIMIT)
}
