// Builds, checks and embeds what is not for the machine that builds: purgatory,
// and swkexec-apply. Runs on the build machine only, started by the plugins
// PurgatoryBuilder and ApplierBuilder.

import ELF
import Foundation

@main
enum PurgatoryEmbed {
    static let usage = """
        usage:
          purgatory-embed purgatory --machine NAME --clang FILE --linker FILE --objdump FILE
              --work-directory FOLDER --output FILE
              [--compiler-flag FLAG]... [--linker-flag FLAG]... SOURCE...
          purgatory-embed embed --objdump FILE --output FILE IMAGE
          purgatory-embed applier --machine NAME --clang FILE --linker FILE
              --work-directory FOLDER --output FILE
              [--compiler-flag FLAG]... [--linker-flag FLAG]... SOURCE...

        NAME is what uname -m prints on the machine. `embed` is the second half of `purgatory`: it takes an image that is linked.
        """

    static func main() {
        do {
            var arguments = Array(CommandLine.arguments.dropFirst())
            guard !arguments.isEmpty else { throw ToolError(usage) }
            let command = arguments.removeFirst()
            let options = try Options(arguments)
            switch command {
            case "purgatory": try purgatory(options)
            case "embed": try embed(options)
            case "applier": try applier(options)
            default: throw ToolError(usage)
            }
        } catch {
            FileHandle.standardError.write(Data("error: purgatory-embed: \(error)\n".utf8))
            exit(1)
        }
    }

    // MARK: - Commands

    private static func purgatory(_ options: Options) throws {
        let machine = try machine(options)
        let builder = try builder(
            "purgatory.elf", flags: ["--target=\(machine.llvmName)-unknown-none-elf"] + ImageRules.of(machine).compilerFlags, options)
        try embed(imageAt: try builder.build(sources: options.operands), options)
    }

    private static func embed(_ options: Options) throws {
        guard options.operands.count == 1 else { throw ToolError(usage) }
        try embed(imageAt: options.operands[0], options)
    }

    private static func applier(_ options: Options) throws {
        let machine = try machine(options)
        let builder = try builder(
            "swkexec-apply",
            flags: [
                "--target=\(machine.llvmName)-unknown-linux-gnu",
                "-DMACHINE=\(machine.elfMachine)", "-DARCHITECTURE=\"\(machine.name)\"",
            ], options)
        let path = try builder.build(sources: options.operands)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        try refuse(path, ProgramRules(machine: machine).violations(of: try ElfImage(bytes)))
        try SwiftSource.applier(bytes, for: machine).write(to: options.one("--output"))
    }

    // MARK: - What they share

    private static func machine(_ options: Options) throws(ToolError) -> Machine {
        let name = try options.one("--machine")
        guard let machine = Machine.named(name) else {
            throw ToolError("\(name): no machine of Sources/ELF/Machine.swift (\(Machine.all.map(\.name).joined(separator: ", ")))")
        }
        return machine
    }

    /// - Parameter flags: the machine's own, for the compiler
    private static func builder(_ imageName: String, flags: [String], _ options: Options) throws -> ImageBuilder {
        ImageBuilder(
            clang: try options.one("--clang"),
            linker: try options.one("--linker"),
            compilerFlags: flags + options.all("--compiler-flag"),
            linkerFlags: options.all("--linker-flag"),
            workDirectory: try options.one("--work-directory"),
            imageName: imageName)
    }

    /// Embeds an image if it keeps every rule.
    private static func embed(imageAt path: String, _ options: Options) throws {
        let image = try ElfImage([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        guard let machine = Machine.all.first(where: { UInt64($0.elfMachine) == image.machine }) else {
            throw ToolError("\(path): no rules for e_machine \(image.machine)")
        }
        let rules = try ImageRules.of(machine)
        let disassembly = Disassembly(
            try run(
                options.one("--objdump"),
                ["--disassemble", "--no-show-raw-insn"] + rules.disassemblerFeatures.map { "--mattr=+\($0)" } + [path]))
        try refuse(path, rules.violations(of: image) + rules.instructions.violations(of: disassembly))
        try SwiftSource.purgatory(image, for: machine).write(to: options.one("--output"))
    }

    private static func refuse(_ path: String, _ violations: [String]) throws(ToolError) {
        guard violations.isEmpty else { throw ToolError(violations.map { "\(path): \($0)" }.joined(separator: "\n")) }
    }
}
