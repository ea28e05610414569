// Builds purgatory for every architecture with the toolchain's own clang, and
// turns each linked image into a Swift source of the target it is applied to.
//
// One command an architecture does it all: whatever a plugin's command gives as
// an output and is no source file would become a resource in a bundle beside
// the program, and purgatory has to be inside.

import Foundation
import PackagePlugin

@main
struct PurgatoryBuilder: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let embed = try context.tool(named: "purgatory-embed").url
        let toolchain = try Toolchain(context)
        let sources = SourceTree(package: context.package.directoryURL)

        let namespace = context.pluginWorkDirectoryURL.appending(path: "EmbeddedPurgatory.swift")
        var commands: [Command] = [
            .buildCommand(
                displayName: "Declaring the purgatory images",
                executable: embed,
                arguments: ["namespace", "--output", namespace.path],
                outputFiles: [namespace])
        ]
        for architecture in Architecture.all {
            commands.append(
                try buildCommand(
                    architecture, embed: embed, toolchain: toolchain, tree: sources,
                    folder: context.pluginWorkDirectoryURL))
        }
        return commands
    }

    private func buildCommand(
        _ architecture: Architecture, embed: URL, toolchain: Toolchain, tree: SourceTree,
        folder: URL
    ) throws -> Command {
        let folders = [tree.folder(of: architecture), tree.common, tree.hash]
        let sources = try folders.flatMap { try tree.files(in: $0, extensions: ["c", "S"]) }
        let headers = try ([tree.folder(of: architecture), tree.hash] + tree.headerFolders).flatMap {
            try tree.files(in: $0, extensions: ["h"])
        }
        let output = folder.appending(path: "PurgatoryImage_\(architecture.name).swift")

        let compilerFlags =
            architecture.compilerFlags + tree.headerFolders.map { "-I\($0.path)" }
        let linkerFlags = Architecture.linkerFlags + ["--script=\(tree.linkerScript.path)"]
        return .buildCommand(
            displayName: "Building purgatory for \(architecture.name)",
            executable: embed,
            arguments: [
                "build",
                "--name", architecture.name,
                "--clang", toolchain.clang.path,
                "--linker", toolchain.linker.path,
                "--objdump", toolchain.objdump.path,
                "--work-directory", folder.appending(path: architecture.name).path,
                "--output", output.path,
            ] + compilerFlags.flatMap { ["--compiler-flag", $0] }
                + linkerFlags.flatMap { ["--linker-flag", $0] }
                + sources.map(\.path),
            // A new compiler may make another image of the same sources.
            inputFiles: sources + headers + [tree.linkerScript, toolchain.clang],
            outputFiles: [output])
    }
}
