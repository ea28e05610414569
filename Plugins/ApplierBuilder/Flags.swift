/// For every machine: clang learns from purgatory-embed which one it is.
enum Flags {
    static let compiler = [
        // Not the settings of the machine that builds.
        "--no-default-config", "-nostdlibinc",
        "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror",
        // No library below us: neither its functions nor calls to them that
        // the compiler makes up.
        "-ffreestanding", "-fno-builtin", "-fno-stack-protector",
        // The plan file is read as the structures that it consists of.
        "-fno-strict-aliasing",
        // At the address it is linked for: nothing would relocate it.
        "-fno-pie", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-ident",
        // Left out where nothing calls it.
        "-ffunction-sections",
    ]

    static let linker = [
        "-static", "--no-undefined", "--fatal-warnings", "--gc-sections", "--build-id=none", "--strip-all",
    ]
}
