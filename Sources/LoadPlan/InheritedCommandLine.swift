/// The running kernel's command line as another kernel can be given it (`--reuse-cmdline`): without what is true of this boot
/// alone, and without what would take from the next kernel the memory that it has.
///
/// The names are those of Documentation/admin-guide/kernel-parameters.txt.
public struct InheritedCommandLine: Sendable {
    /// What is handed on.
    public let line: KernelCommandLine
    /// What is not, and why; nil where nothing was left out.
    public let warning: String?

    /// - Parameters:
    ///   - running: /proc/cmdline
    ///   - isCaptureKernel: the running kernel was started by a panic
    ///   - purpose: of the image that gets the line
    public init(_ running: KernelCommandLine, isCaptureKernel: Bool, for purpose: LoadPlan.Purpose) {
        let rules = Rule.all.filter { $0.applies(isCaptureKernel: isCaptureKernel, for: purpose) }
        let (line, dropped) = running.removing { name in rules.contains { $0.names.contains(name) } }
        self.line = line
        let words = rules.compactMap { rule -> String? in
            let dropped = dropped.filter { rule.names.contains($0.name) }.map(\.word.description)
            return dropped.isEmpty ? nil : "\(dropped.joined(separator: " ")) (\(rule.reason))"
        }
        warning = words.isEmpty ? nil : "--reuse-cmdline leaves out \(words.joined(separator: ", "))"
    }
}

/// Parameters that go for one reason.
private struct Rule {
    enum Scope {
        /// Whatever kernel comes next.
        case always
        /// A capture kernel comes next.
        case forACaptureKernel
        /// A capture kernel comes next, or one comes after it.
        case aboutACaptureKernel
        /// The running kernel is a capture kernel, and the next one is none.
        case afterACaptureKernel
    }

    let scope: Scope
    let reason: String
    /// With underscores: to the kernel, dashes are the same (kernel/params.c, parameq).
    let names: Set<String>

    func applies(isCaptureKernel: Bool, for purpose: LoadPlan.Purpose) -> Bool {
        switch scope {
        case .always: true
        case .forACaptureKernel: purpose == .crash
        case .aboutACaptureKernel: purpose == .crash || isCaptureKernel
        case .afterACaptureKernel: purpose == .reboot && isCaptureKernel
        }
    }

    static let all = [
        Rule(
            scope: .always, reason: "true of this boot alone",
            names: ["BOOT_IMAGE", "initrd", "initrdmem", "elfcorehdr", "kexec_jump_back_entry"]),
        Rule(
            scope: .forACaptureKernel, reason: "reserves memory for a dump",
            names: ["crashkernel", "fadump", "fadump_reserve_mem"]),
        Rule(
            scope: .aboutACaptureKernel, reason: "changes what memory there is, which the plan decides",
            names: ["mem", "memmap", "add_efi_memmap", "efi_fake_mem"]),
        Rule(
            scope: .forACaptureKernel, reason: "takes memory that a capture kernel does not have",
            names: [
                "hugepages", "hugepagesz", "default_hugepagesz", "hugetlb_cma", "cma", "cma_pernuma", "numa_cma", "reserve_mem",
                "kho_scratch", "kho_bootmem",
                "kernelcore", "movablecore", "log_buf_len", "trace_buf_size", "swiotlb", "slub_debug", "slab_debug", "page_owner",
            ]),
        Rule(
            scope: .afterACaptureKernel, reason: "for a capture kernel",
            names: ["reset_devices", "nr_cpus", "maxcpus", "irqpoll", "acpi_no_memhotplug", "disable_cpu_apicid"]),
    ]
}

extension KernelCommandLine {
    /// The line without some of its parameters, and those, each with its name as the kernel compares it. Behind a lone `--`
    /// everything is for init, and stays.
    fileprivate func removing(
        _ isUnwanted: (String) -> Bool
    ) -> (line: KernelCommandLine, dropped: [(name: String, word: KernelCommandLine)]) {
        var isForInit = false
        var dropped: [(name: String, word: KernelCommandLine)] = []
        let kept = parameters.filter { parameter in
            isForInit = isForInit || parameter.elementsEqual("--".utf8)
            // A quote may stand around the whole parameter.
            let name = parameter.drop { $0 == UInt8(ascii: "\"") }.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
            let text = String(decoding: name.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
            guard !isForInit, isUnwanted(text) else { return true }
            dropped.append((text, KernelCommandLine(Array(parameter))))
            return false
        }
        return (KernelCommandLine(Array(kept.joined(separator: [0x20]))), dropped)
    }
}
