/// A machine that swkexec-apply is built for.
struct Machine {
    /// As uname -m prints it.
    var name: String
    /// e_machine.
    var number: String
    var targetTriple: String

    static let all = [
        Machine(name: "x86_64", number: "62", targetTriple: "x86_64-unknown-linux-gnu"),
        Machine(name: "aarch64", number: "183", targetTriple: "aarch64-unknown-linux-gnu"),
        Machine(name: "ppc64le", number: "21", targetTriple: "powerpc64le-unknown-linux-gnu"),
    ]

    var compilerFlags: [String] {
        [
            // Not the settings of the machine that builds.
            "--no-default-config", "--target=\(targetTriple)", "-nostdlibinc",
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
    }

    static let linkerFlags = [
        "-static", "--no-undefined", "--fatal-warnings", "--gc-sections", "--build-id=none", "--strip-all",
    ]
}
