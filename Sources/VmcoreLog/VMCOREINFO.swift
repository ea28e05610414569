import BinaryLayout

/// What the crashed kernel wrote about itself into the note VMCOREINFO: a line KEY=VALUE each
/// (Documentation/admin-guide/kdump/vmcoreinfo.rst).
struct VMCOREINFO {
    private var values: [String: String] = [:]

    init(_ text: [UInt8]) {
        // The kernel pads with zeros.
        for line in text.split(whereSeparator: { $0 == 0x0a || $0 == 0 }) {
            guard let equals = line.firstIndex(of: 0x3d) else { continue }
            let key = String(decoding: line[..<equals], as: UTF8.self)
            values[key] = String(decoding: line[(equals + 1)...], as: UTF8.self)
        }
    }

    /// The virtual address of a variable; nil where the kernel has no such variable.
    func address(of symbol: String) throws(VmcoreError) -> UInt64? {
        let key = "SYMBOL(\(symbol))"
        guard let text = values[key] else { return nil }
        guard let address = UInt64(text, radix: 16) else { throw .missing(key: "\(key) that is a hexadecimal number of 64 bits") }
        return address
    }

    /// The virtual address of a variable that must be there.
    func requiredAddress(of symbol: String) throws(VmcoreError) -> UInt64 {
        guard let address = try address(of: symbol) else { throw .missing(key: "SYMBOL(\(symbol))") }
        return address
    }

    /// Whether the kernel gives the size of a structure.
    func hasStructure(_ name: String) -> Bool { values["SIZE(\(name))"] != nil }

    /// The layout of a structure of the crashed kernel.
    func structure(_ name: String) throws(VmcoreError) -> KernelStructure {
        KernelStructure(name: name, size: try number("SIZE(\(name))", limit: KernelStructure.maximumSize), info: self)
    }

    fileprivate func number(_ key: String, limit: Int) throws(VmcoreError) -> Int {
        guard let text = values[key] else { throw .missing(key: key) }
        guard let number = UInt64(text) else { throw .missing(key: "\(key) that is a decimal number of 64 bits") }
        guard let number = Int(exactly: number), number <= limit else { throw .tooLarge(what: key, number, limit: UInt64(limit)) }
        return number
    }
}

/// A structure of the crashed kernel: its size and the places of its members, in bytes.
struct KernelStructure {
    /// The structures of the log have up to about a hundred bytes; with this limit a place in an
    /// array of 2^31 of them fits an Int.
    static let maximumSize = 4096

    let name: String
    let size: Int
    fileprivate let info: VMCOREINFO

    /// Where a member of `width` bytes begins.
    func offset(_ member: StaticString, width: Int) throws(VmcoreError) -> Int {
        let key = "OFFSET(\(name).\(member))"
        let offset = try info.number(key, limit: Self.maximumSize)
        guard offset + width <= size else {
            throw .value(what: key, UInt64(offset), allowed: "the member must end within the \(size) bytes of \(name)")
        }
        return offset
    }

    /// A member that is an integer.
    func field<Value>(_ member: StaticString) throws(VmcoreError) -> IntegerField<Value> {
        IntegerField(member, at: try offset(member, width: Value.bitWidth / 8))
    }

    /// An integer of a structure `inner` that is itself a member of this one.
    func field<Value>(_ member: StaticString, _ inner: KernelStructure, _ innerMember: StaticString) throws(VmcoreError) -> IntegerField<
        Value
    > {
        let field: IntegerField<Value> = try inner.field(innerMember)
        return IntegerField(innerMember, at: try offset(member, width: inner.size) + field.offset)
    }
}
