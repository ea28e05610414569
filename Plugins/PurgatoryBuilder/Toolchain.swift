import Foundation
import PackagePlugin

/// The C tools that come with Swift.
struct Toolchain {
    var clang: URL
    var linker: URL
    var objdump: URL

    init(_ context: PluginContext) throws {
        clang = try context.tool(named: "clang").url
        // Not every version of SwiftPM finds these two by name.
        linker = Self.tool("ld.lld", context, beside: clang)
        objdump = Self.tool("llvm-objdump", context, beside: clang)
    }

    private static func tool(_ name: String, _ context: PluginContext, beside clang: URL) -> URL {
        if let tool = try? context.tool(named: name) {
            return tool.url
        }
        return clang.deletingLastPathComponent().appending(path: name)
    }
}
