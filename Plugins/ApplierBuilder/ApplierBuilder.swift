// Builds swkexec-apply for every machine with the toolchain's own clang, and
// turns each program into a Swift source of the target it is applied to.

import Foundation
import PackagePlugin

@main
struct ApplierBuilder: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let embed = try context.tool(named: "purgatory-embed").url
        let toolchain = try Toolchain(context)
        let package = context.package.directoryURL
        let folders = [package.appending(path: "Applier"), package.appending(path: "Sources/CSHA256")]
        let hashHeaders = package.appending(path: "Sources/CSHA256/include")
        let sources = try folders.flatMap { try files(in: $0, extensions: ["c", "S"]) }
        let headers = try (folders + [hashHeaders]).flatMap { try files(in: $0, extensions: ["h"]) }

        return Machine.all.map { machine in
            let output = context.pluginWorkDirectoryURL.appending(path: "Applier_\(machine.name).swift")
            let flags = machine.compilerFlags + ["-I\(hashHeaders.path)"]
            var arguments = [
                "program",
                "--name", machine.name,
                "--machine", machine.number,
                "--clang", toolchain.clang.path,
                "--linker", toolchain.linker.path,
                "--work-directory", context.pluginWorkDirectoryURL.appending(path: machine.name).path,
                "--output", output.path,
            ]
            arguments += flags.flatMap { ["--compiler-flag", $0] }
            arguments += Machine.linkerFlags.flatMap { ["--linker-flag", $0] }
            arguments += sources.map(\.path)
            return .buildCommand(
                displayName: "Building swkexec-apply for \(machine.name)",
                executable: embed,
                arguments: arguments,
                // A new compiler may make another program of the same sources.
                inputFiles: sources + headers + [toolchain.clang],
                outputFiles: [output])
        }
    }

    /// Sorted, so that the same sources make the same program on every machine.
    private func files(in folder: URL, extensions: Set<String>) throws -> [URL] {
        try FileManager.default
            .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { extensions.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }
}
