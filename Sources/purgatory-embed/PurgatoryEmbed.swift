// Builds, checks and embeds what is not for the machine that builds: purgatory,
// and swkexec-apply. Runs on the build machine only, started by the plugins
// PurgatoryBuilder and ApplierBuilder.

import Foundation

@main
enum PurgatoryEmbed {
    static let usage = """
        usage:
          purgatory-embed build --name NAME --clang FILE --linker FILE --objdump FILE
              --work-directory FOLDER --output FILE
              [--compiler-flag FLAG]... [--linker-flag FLAG]... SOURCE...
          purgatory-embed namespace --output FILE
          purgatory-embed check --objdump FILE IMAGE
          purgatory-embed program --name NAME --machine NUMBER --clang FILE --linker FILE
              --work-directory FOLDER --output FILE
              [--compiler-flag FLAG]... [--linker-flag FLAG]... SOURCE...
        """

    static func main() {
        do {
            var arguments = Array(CommandLine.arguments.dropFirst())
            guard !arguments.isEmpty else { throw ToolError(usage) }
            let command = arguments.removeFirst()
            let options = try Options(arguments)
            switch command {
            case "build": try build(options)
            case "namespace": try SwiftSource.namespace.write(to: options.one("--output"))
            case "check": try check(options)
            case "program": try program(options)
            default: throw ToolError(usage)
            }
        } catch {
            FileHandle.standardError.write(Data("error: purgatory-embed: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func builder(_ options: Options) throws -> ImageBuilder {
        ImageBuilder(
            clang: try options.one("--clang"),
            linker: try options.one("--linker"),
            compilerFlags: options.all("--compiler-flag"),
            linkerFlags: options.all("--linker-flag"),
            workDirectory: try options.one("--work-directory"))
    }

    private static func build(_ options: Options) throws {
        let name = try options.one("--name")
        let imagePath = try builder(options).build(sources: options.operands)
        let bytes = try checkedImage(at: imagePath, objdump: options.one("--objdump"))
        try SwiftSource.image(bytes, name: name).write(to: options.one("--output"))
    }

    private static func program(_ options: Options) throws {
        guard let machine = UInt64(try options.one("--machine")) else { throw ToolError(usage) }
        var builder = try builder(options)
        builder.imageName = "swkexec-apply"
        let path = try builder.build(sources: options.operands)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let violations = ProgramRules(machine: machine).violations(of: try ElfImage(bytes))
        guard violations.isEmpty else {
            throw ToolError(violations.map { "\(path): \($0)" }.joined(separator: "\n"))
        }
        try SwiftSource.program(bytes, name: try options.one("--name")).write(to: options.one("--output"))
    }

    private static func check(_ options: Options) throws {
        guard options.operands.count == 1 else { throw ToolError(usage) }
        let path = options.operands[0]
        let bytes = try checkedImage(at: path, objdump: options.one("--objdump"))
        print("\(path): \(bytes.count) bytes, fit to be embedded")
    }

    /// The image's bytes, if it keeps every rule.
    private static func checkedImage(at path: String, objdump: String) throws -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let image = try ElfImage(bytes)
        guard let rules = ArchitectureRules.all[image.machine] else {
            throw ToolError("\(path): no rules for e_machine \(image.machine)")
        }
        let disassembly = Disassembly(
            try run(objdump, ["--disassemble", "--no-show-raw-insn", path]))
        let violations =
            rules.violations(of: image) + rules.instructions.violations(of: disassembly)
        guard violations.isEmpty else {
            throw ToolError(violations.map { "\(path): \($0)" }.joined(separator: "\n"))
        }
        return bytes
    }
}
