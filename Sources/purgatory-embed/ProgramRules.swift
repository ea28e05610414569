import ELF

/// What a program must be that runs on a bare machine: whole in itself, and small.
struct ProgramRules {
    static let sizeLimit = 64 << 10

    private static let etExec: UInt64 = 2
    private static let ptDynamic: UInt64 = 2
    private static let ptInterp: UInt64 = 3
    private static let pfExecute: UInt64 = 1

    var machine: Machine

    /// Everything that is wrong with the program.
    func violations(of image: ElfImage) -> [String] {
        var violations: [String] = []
        if image.bytes.count >= Self.sizeLimit { violations.append("\(image.bytes.count) bytes are not less than \(Self.sizeLimit)") }
        if image.machine != machine.elfMachine { violations.append("e_machine \(image.machine) is not \(machine.elfMachine)") }
        if image.type != Self.etExec { violations.append("e_type \(image.type) is not ET_EXEC") }
        for segment in image.programHeaders {
            switch segment.p_type {
            case Self.ptInterp: violations.append("it asks for an interpreter")
            case Self.ptDynamic: violations.append("it is linked dynamically")
            default: break
            }
            if segment.p_flags & Self.pfExecute != 0, segment.p_flags & ElfImage.ProgramHeader.pfWrite != 0 {
                violations.append("the segment at \(hexadecimal(segment.p_vaddr)) is both writable and executable")
            }
        }
        if !image.programHeaders.contains(where: {
            $0.p_flags & Self.pfExecute != 0 && $0.p_vaddr..<$0.p_vaddr &+ $0.p_filesz ~= image.entry
        }) {
            violations.append("e_entry is in no executable segment")
        }
        return violations + image.relocations.map { "relocation of type \($0.type) at \(hexadecimal($0.r_offset))" }
    }
}
