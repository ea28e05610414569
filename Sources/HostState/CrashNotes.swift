import PhysicalMemory

/// Where the kernel saves a CPU's registers at a crash: the ELF notes of one CPU.
public struct CrashNotes: Hashable, Sendable {
    /// The CPU's number.
    public let cpu: Int
    /// Where the notes lie, of crash_notes and crash_notes_size
    /// (Documentation/ABI/testing/sysfs-devices-system-cpu).
    public let range: PhysicalRange
    /// The address as its file says it, without the line end.
    public let text: [UInt8]

    private static let folder = "sys/devices/system/cpu"
    /// The list of the CPUs that there may ever be.
    public static let possibleName = "\(folder)/possible"
    /// The name of every CPU's file, `*` in place of its number.
    public static let pattern = "\(folder)/cpu*/crash_notes"

    /// The notes of every possible CPU that has some, in the order of their numbers, which may
    /// have gaps. Kernels that keep no files for absent CPUs leave those out.
    static func read(_ root: SystemRoot) throws(HostStateError) -> [CrashNotes] {
        let cpus = try possibleCPUs(root)
        var notes: [CrashNotes] = []
        notes.reserveCapacity(cpus.count)
        for cpu in cpus {
            let name = "\(folder)/cpu\(cpu)/crash_notes"
            guard let text = try root.read(name) else { continue }
            let address = try root.parse(text, of: name, radix: 16)
            guard let size = try root.number(name + "_size") else {
                throw .missing(root.file(name + "_size"), what: "the size of CPU \(cpu)'s crash notes")
            }
            guard let range = PhysicalRange(start: PhysicalAddress(address), size: ByteCount(size)) else {
                throw .contradiction(root.file(name), "crash notes of \(size) bytes at \(address.hex) are no range of memory")
            }
            notes.append(CrashNotes(cpu: cpu, range: range, text: Array(text.trimmed)))
        }
        return notes
    }

    /// The numbers of the CPUs that there may ever be; empty where there is no such file.
    static func possibleCPUs(_ root: SystemRoot) throws(HostStateError) -> [Int] {
        guard let text = try root.read(possibleName) else { return [] }
        guard let cpus = CPUList.parse(text.trimmed) else {
            throw .garbled(
                root.file(possibleName), line: 1, found: text.trimmed.text,
                allowed: "an ascending list of CPU numbers up to \(CPUList.highest), as in '0-3,8'")
        }
        return cpus
    }
}
