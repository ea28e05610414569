// Builds purgatory for every machine with the toolchain's own clang, and turns
// each linked image into a Swift source of the target it is applied to.
//
// One command a machine does it all: whatever a plugin's command gives as an
// output and is no source file would become a resource in a bundle beside the
// program, and purgatory has to be inside.

import Foundation
import PackagePlugin

@main
struct PurgatoryBuilder: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let embed = try context.tool(named: "purgatory-embed").url
        let toolchain = try Toolchain(context)
        let tree = SourceTree(package: context.package.directoryURL)
        return try tree.machines().map {
            try buildCommand($0, embed: embed, toolchain: toolchain, tree: tree, folder: context.pluginWorkDirectoryURL)
        }
    }

    private func buildCommand(
        _ machine: String, embed: URL, toolchain: Toolchain, tree: SourceTree, folder: URL
    ) throws -> Command {
        let folders = [tree.folder(of: machine), tree.common] + tree.shared
        let sources = try folders.flatMap { try tree.files(in: $0, extensions: ["c", "S"]) }
        let headers = try ([tree.folder(of: machine)] + tree.shared + tree.headerFolders).flatMap {
            try tree.files(in: $0, extensions: ["h"])
        }
        let output = folder.appending(path: "PurgatoryImage_\(machine).swift")

        let compilerFlags = Flags.compiler + tree.headerFolders.map { "-I\($0.path)" }
        let linkerFlags = Flags.linker + ["--script=\(tree.linkerScript.path)"]
        return .buildCommand(
            displayName: "Building purgatory for \(machine)",
            executable: embed,
            arguments: [
                "purgatory",
                "--machine", machine,
                "--clang", toolchain.clang.path,
                "--linker", toolchain.linker.path,
                "--objdump", toolchain.objdump.path,
                "--work-directory", folder.appending(path: machine).path,
                "--output", output.path,
            ] + compilerFlags.flatMap { ["--compiler-flag", $0] }
                + linkerFlags.flatMap { ["--linker-flag", $0] }
                + sources.map(\.path),
            // A new compiler may make another image of the same sources.
            inputFiles: sources + headers + [tree.linkerScript, toolchain.clang],
            outputFiles: [output])
    }
}
