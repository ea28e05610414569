/// For every machine; what one machine needs besides is with its rules in purgatory-embed.
enum Flags {
    static let compiler = [
        // Not the settings of the machine that builds.
        "--no-default-config", "-nostdlibinc",
        "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror",
        // No library below us: neither its functions nor calls to them that
        // the compiler makes up, such as memcpy.
        "-ffreestanding", "-fno-builtin", "-fno-stack-protector",
        // Runs at any address, without relocations.
        "-fPIE", "-fvisibility=hidden", "-fno-jump-tables",
        // Page 0 is memory like any other.
        "-fno-delete-null-pointer-checks",
        // Nothing in the image that purgatory does not need.
        "-fomit-frame-pointer", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
        "-fno-ident",
    ]

    static let linker = [
        "-pie", "--no-dynamic-linker",
        "--no-undefined", "--orphan-handling=error", "--fatal-warnings",
        // The loader places the image on a page.
        "-z", "max-page-size=4096", "-z", "norelro",
        "--build-id=none", "--strip-debug",
        // Labels that a compiler or an assembly file makes within functions (.L…) are not functions.
        "--discard-locals",
    ]
}
