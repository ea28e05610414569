import CSHA256
import Foundation
import Testing

private let sha256sumProgram = ["/usr/bin/sha256sum", "/bin/sha256sum"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// Against the program with which anyone can check the loader's digest.
@Suite(.enabled(if: sha256sumProgram != nil, "no sha256sum here"))
struct Sha256sumTests {
    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 4096, 1_048_583], runnableImplementations)
    func agrees(length: Int, implementation: sha256_implementation) throws {
        var generator = SeededGenerator(state: UInt64(length))
        let message = generator.bytes(length)
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("swkexec-sha256-\(UUID().uuidString)")
        try Data(message).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }

        #expect(try sha256(message, implementation) == Self.sha256sum(file))
    }

    private static func sha256sum(_ file: URL) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try #require(sha256sumProgram))
        process.arguments = [file.path]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return String(text.prefix { $0 != " " })
    }
}
