import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// Which instructions purgatory may hash with: those that every hart has, by the device tree
/// (Documentation/devicetree/bindings/riscv/extensions.yaml).
@Suite struct HashInstructionTests {
    private static let (scalar, vector): (UInt64, UInt64) = (1, 2)

    private func instructions(_ harts: [[String: [UInt8]]]) throws -> UInt64? {
        let machine = try Virt.withTree { tree in
            for (index, properties) in harts.enumerated() {
                try tree.edit("/cpus/cpu@\(index)") { hart in
                    for name in ["riscv,isa", "riscv,isa-extensions", "status"] { hart[name] = properties[name] }
                }
            }
        }
        return try PurgatoryParameters(Virt.plan(Virt.request(), on: machine.path))[PurgatoryRISCV64.hashInstructions]
    }

    private static func list(_ words: String) -> [String: [UInt8]] {
        ["riscv,isa-extensions": words.split(separator: " ").flatMap { Array($0.utf8) + [0] }]
    }

    private static func text(_ isa: String) -> [String: [UInt8]] { ["riscv,isa": Array(isa.utf8) + [0]] }

    @Test func recorded() throws {
        #expect(try PurgatoryParameters(Virt.plan(Virt.request()))[PurgatoryRISCV64.hashInstructions] == 0)
    }

    @Test(arguments: [
        ("i m a zknh", scalar), ("i m a zkn", scalar), ("i m a zk", scalar), ("i m a v zvknha", vector),
        ("i m a v zvknhb zknh", scalar | vector),
        ("i m a v zvkng", vector), ("i m a zvknha", 0), ("i m a zvkn zve64x", 0), ("i m a v zvkned", 0), ("i m a zknhx", 0), ("", 0),
    ]) func byList(_ words: String, _ expected: UInt64) throws {
        #expect(try instructions([Self.list(words), Self.list(words)]) == expected)
    }

    @Test(arguments: [
        ("rv64imafdcv_zicsr_zvknha", vector), ("rv64imafdc_zknh", scalar), ("rv64imafdc_zvknha", 0), ("rv64imafdcv", 0),
        ("rv32imav_zvknha", 0),
        ("", 0), ("rv64", 0),
    ]) func byText(_ isa: String, _ expected: UInt64) throws {
        #expect(try instructions([Self.text(isa), Self.text(isa)]) == expected)
    }

    /// The newer property counts where both are; a hart that is not in use does not.
    @Test func everyHart() throws {
        #expect(try instructions([Self.list("v zvknha zknh"), Self.list("zknh")]) == Self.scalar)
        #expect(try instructions([Self.list("v zvknha"), Self.list("zknh")]) == 0)
        #expect(try instructions([Self.list("zknh"), ["status": Array("disabled\0".utf8)]]) == Self.scalar)
        #expect(try instructions([Self.list("i").merging(Self.text("rv64ima_zknh")) { $1 }, Self.list("zknh")]) == 0)
        #expect(try instructions([Self.list("zknh"), ["riscv,isa-extensions": [0xff, 0xfe]]]) == 0)
    }
}
