import Foundation

/// Where purgatory's sources are in the package.
struct SourceTree {
    let package: URL

    /// The plain C that unit tests run on the build machine.
    var common: URL { package.appending(path: "Purgatory/Common") }
    /// SHA-256 and the checksum of a segment, which the loader uses as well.
    var shared: [URL] { ["CSHA256", "CSegmentChecksum"].map { package.appending(path: "Sources/\($0)") } }
    var linkerScript: URL { package.appending(path: "Purgatory/image.ld") }

    var headerFolders: [URL] {
        [common, common.appending(path: "include")] + shared.map { $0.appending(path: "include") }
    }

    /// Their names as uname -m prints them: purgatory has a folder for each. What else there is to know of
    /// a machine, purgatory-embed knows.
    func machines() throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(at: package.appending(path: "Purgatory"), includingPropertiesForKeys: [.isDirectoryKey])
            .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent)
            .filter { $0 != common.lastPathComponent }
            .sorted()
    }

    func folder(of machine: String) -> URL { package.appending(path: "Purgatory/\(machine)") }

    /// Sorted, so that the same sources make the same image on every machine.
    func files(in folder: URL, extensions: Set<String>) throws -> [URL] {
        try FileManager.default
            .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { extensions.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }
}
