/// A machine that purgatory is built for. The rules for its image (e_machine,
/// relocations, parameters, instructions) are with purgatory-embed.
struct Architecture {
    /// As in the name of the generated constant.
    var name: String
    /// Its folder in Purgatory/.
    var folder: String
    var targetTriple: String
    /// Keeps the compiler off every register that is not switched on.
    var machineFlags: [String]

    static let all = [
        Architecture(
            name: "x86_64",
            folder: "X86_64",
            targetTriple: "x86_64-unknown-none-elf",
            machineFlags: [
                "-march=x86-64", "-mno-red-zone", "-mno-mmx", "-mno-sse", "-mno-80387",
                "-fcf-protection=none",
            ]),
        Architecture(
            name: "ppc64le",
            folder: "PPC64",
            targetTriple: "powerpc64le-unknown-none-elf",
            machineFlags: [
                "-mcpu=pwr8", "-mabi=elfv2", "-msoft-float", "-mno-altivec", "-mno-vsx",
                // The compiler puts a word that is no instruction behind the branch of such a call.
                "-fno-optimize-sibling-calls",
            ]),
        Architecture(
            name: "aarch64",
            folder: "ARM64",
            targetTriple: "aarch64-unknown-none-elf",
            // While the MMU is off, only aligned accesses are allowed.
            machineFlags: ["-mgeneral-regs-only", "-mstrict-align"]),
    ]

    var compilerFlags: [String] {
        [
            // Not the settings of the machine that builds.
            "--no-default-config", "--target=\(targetTriple)", "-nostdlibinc",
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
        ] + machineFlags
    }

    static let linkerFlags = [
        "-pie", "--no-dynamic-linker",
        "--no-undefined", "--orphan-handling=error", "--fatal-warnings",
        // The loader places the image on a page.
        "-z", "max-page-size=4096", "-z", "norelro",
        "--build-id=none", "--strip-debug",
    ]
}
