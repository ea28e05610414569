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
        let headerFolders = [package.appending(path: "Sources/CSHA256/include"), package.appending(path: "Sources/CPlanFormat")]
        let sources = try folders.flatMap { try files(in: $0, extensions: ["c", "S"]) }
        let headers = try (folders + headerFolders).flatMap { try files(in: $0, extensions: ["h"]) }

        return machines(of: headers).map { machine in
            let output = context.pluginWorkDirectoryURL.appending(path: "Applier_\(machine).swift")
            let flags = Flags.compiler + headerFolders.map { "-I\($0.path)" }
            var arguments = [
                "applier",
                "--machine", machine,
                "--clang", toolchain.clang.path,
                "--linker", toolchain.linker.path,
                "--work-directory", context.pluginWorkDirectoryURL.appending(path: machine).path,
                "--output", output.path,
            ]
            arguments += flags.flatMap { ["--compiler-flag", $0] }
            arguments += Flags.linker.flatMap { ["--linker-flag", $0] }
            arguments += sources.map(\.path)
            return .buildCommand(
                displayName: "Building swkexec-apply for \(machine)",
                executable: embed,
                arguments: arguments,
                // A new compiler may make another program of the same sources.
                inputFiles: sources + headers + [toolchain.clang],
                outputFiles: [output])
        }
    }

    /// Their names as uname -m prints them: the program has a header system_NAME.h for each. What else
    /// there is to know of a machine, purgatory-embed knows.
    private func machines(of headers: [URL]) -> [String] {
        let prefix = "system_"
        return headers.map { $0.deletingPathExtension().lastPathComponent }
            .filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    /// Sorted, so that the same sources make the same program on every machine.
    private func files(in folder: URL, extensions: Set<String>) throws -> [URL] {
        try FileManager.default
            .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { extensions.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }
}
