import CStructLayouts

/// A field of a C structure, as the system's own headers lay it out.
public struct CField: Hashable, Sendable {
    public let offset: Int
    /// In bytes.
    public let size: Int

    public var end: Int { offset + size }
    public var range: Range<Int> { offset..<end }
}

/// What the system's C headers say: <elf.h>, <linux/kexec.h> and, on x86_64, <asm/bootparam.h>.
public enum CHeaders {
    private static let fields: [String: CField] = {
        var fields: [String: CField] = [:]
        for index in 0..<c_field_count() {
            let field = unsafe c_field_at(index)
            let name = unsafe String(cString: field.structure) + "." + String(cString: field.name)
            unsafe fields[name] = CField(offset: field.offset, size: field.size)
        }
        return fields
    }()

    private static let constants: [String: UInt64] = {
        var constants: [String: UInt64] = [:]
        for index in 0..<c_constant_count() {
            let constant = unsafe c_constant_at(index)
            unsafe constants[String(cString: constant.name)] = constant.value
        }
        return constants
    }()

    /// Nil when the headers of this machine have no such structure.
    public static func field(_ structure: String, _ name: String) -> CField? { fields["\(structure).\(name)"] }

    /// The size of a whole structure.
    public static func size(_ structure: String) -> Int? { fields["\(structure)."]?.size }

    /// The value of a macro or an enumerator; nil when the headers of this machine are older.
    public static func constant(_ name: String) -> UInt64? { constants[name] }

    /// <asm/bootparam.h> exists on x86 only.
    public static let haveBootParams = size("boot_params") != nil
}
