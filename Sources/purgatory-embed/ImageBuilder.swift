import Foundation

/// Compiles and links the image with the toolchain's own clang and lld.
struct ImageBuilder {
    var clang: String
    var linker: String
    var compilerFlags: [String]
    var linkerFlags: [String]
    /// For object files and the image. Emptied first: an object of a source
    /// that is gone must not be linked.
    var workDirectory: String
    /// What the linked file is called.
    var imageName: String

    /// Returns the path of the linked image.
    func build(sources: [String]) throws -> String {
        let folder = URL(fileURLWithPath: workDirectory, isDirectory: true)
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

        var objects: [String] = []
        for (index, source) in sources.enumerated() {
            // Numbered, since two folders may have a file of the same name.
            let name = "\(index)-\(URL(fileURLWithPath: source).lastPathComponent).o"
            let object = folder.appendingPathComponent(name).path
            try run(clang, compilerFlags + ["-c", source, "-o", object])
            objects.append(object)
        }

        let image = folder.appendingPathComponent(imageName).path
        try run(linker, linkerFlags + objects + ["-o", image])
        return image
    }
}
