import HostState
import SystemPackage
import TestSupport

/// Several files in one: what a fuzzer changes must be one run of bytes.
///
/// Each begins with a line `@NAME`; a name that is not known is no such line.
struct MachineFiles {
    /// The files of /proc and /sys that plans and checks read, and, by a name without a slash, what a target reads
    /// beside them.
    static let names: Set<String> = {
        var names: Set<String> = [
            "proc/iomem", "proc/kcore", "proc/cmdline", "proc/version", "proc/meminfo", "proc/vmcore", "dev/mem",
            "proc/device-tree/chosen/linux,crashkernel-base", "proc/device-tree/chosen/linux,crashkernel-size",
            "proc/sys/kernel/panic", "proc/sys/kernel/panic_on_oops", "proc/sys/kernel/kexec_load_disabled",
            "proc/sys/kernel/kexec_load_limit_panic",
            "sys/kernel/vmcoreinfo", "sys/kernel/boot_params/data", "sys/kernel/crash_elfcorehdr_size",
            "sys/kernel/kexec_loaded", "sys/kernel/kexec_crash_loaded", "sys/kernel/kexec_crash_size",
            "sys/kernel/kexec/crash_elfcorehdr_size", "sys/kernel/kexec/crash_loaded", "sys/kernel/kexec/crash_cma_ranges",
            "sys/kernel/fadump/enabled", "sys/kernel/fadump/registered", "sys/kernel/fadump/hotplug_ready",
            "sys/kernel/fadump/mem_reserved", "sys/kernel/fadump_enabled", "sys/kernel/fadump_registered",
            "sys/kernel/security/lockdown", "sys/kernel/security/ima/policy",
            "sys/module/kernel/parameters/crash_kexec_post_notifiers",
            "sys/devices/system/cpu/possible", "sys/devices/system/cpu/crash_hotplug", "sys/devices/system/memory/crash_hotplug",
            "sys/firmware/efi/systab", "sys/firmware/efi/fw_vendor", "sys/firmware/efi/runtime", "sys/firmware/efi/config_table",
            "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
            "sys/firmware/fdt", "sys/kernel/fadump/bootargs_append", "sys/kernel/debug/powerpc/fadump_region",
            "sys/kernel/debug/fadump_region", "fadump/header", "fadump/regions", "fadump/memory",
            "kernel", "initrd", "module", "append", "options", "dtb",
        ]
        names.formUnion(files(of: .ppc64le, below: "proc/device-tree"))
        for cpu in 0..<3 { names.formUnion(["crash_notes", "crash_notes_size"].map { "sys/devices/system/cpu/cpu\(cpu)/\($0)" }) }
        for entry in 0..<5 {
            names.formUnion(["start", "end", "type"].map { "sys/firmware/memmap/\(entry)/\($0)" })
        }
        for entry in 0..<2 {
            names.formUnion(
                ["type", "phys_addr", "virt_addr", "num_pages", "attribute"].map { "sys/firmware/efi/runtime-map/\(entry)/\($0)" })
        }
        return names
    }()

    /// The properties of a recorded machine's device tree: these names, and no others, can be there.
    private static func files(of machine: RecordedMachine, below folder: String) -> [String] {
        let names = (try? machine.copy().allFiles()) ?? []
        return names.filter { $0.hasPrefix(folder) }
    }

    private static let longestName = names.map(\.utf8.count).max() ?? 0

    /// By their names.
    private(set) var contents: [String: [UInt8]] = [:]

    /// Takes a run of bytes apart. What stands before the first name belongs to no file.
    init(_ bytes: [UInt8]) {
        var current: (name: String, start: Int)?
        var line = 0
        func close(at end: Int) {
            if let current { contents[current.name] = Array(bytes[current.start..<max(current.start, end)]) }
        }
        while line < bytes.count {
            if bytes[line] == UInt8(ascii: "@"),
                let end = bytes[line...].prefix(Self.longestName + 2).firstIndex(of: 0x0a),
                case let name = String(decoding: bytes[(line + 1)..<end], as: UTF8.self), Self.names.contains(name)
            {
                close(at: line - 1)
                current = (name, end + 1)
                line = end + 1
                continue
            }
            guard let end = bytes[line...].firstIndex(of: 0x0a) else { break }
            line = end + 1
        }
        close(at: bytes.count)
    }

    /// The files of a recorded machine that are among `names`.
    init(of machine: TemporaryFolder, with others: [String: [UInt8]] = [:]) throws {
        for name in machine.allFiles() where Self.names.contains(name) { contents[name] = try machine.read(name) }
        contents.merge(others) { $1 }
    }

    /// Those of /proc and /sys, in memory: a machine is some fifty files, too many to write for each input.
    var root: SystemRoot {
        var files = FilesInMemory()
        for (name, bytes) in contents where name.contains("/") { files.write(bytes, to: name) }
        // A boot_params of another size is refused at once, which is soon tried: the rest is worth more.
        if let parameters = contents[Self.bootParameters], parameters.count < 4096 {
            files.write(parameters + [UInt8](repeating: 0, count: 4096 - parameters.count), to: Self.bootParameters)
        }
        return SystemRoot(files, at: "/machine")
    }

    private static let bootParameters = "sys/kernel/boot_params/data"

    /// The run of bytes that these files are made of again.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (name, file) in contents.sorted(by: { $0.key < $1.key }) {
            bytes += Array("@\(name)\n".utf8) + file.prefix(Self.length(of: file, named: name)) + [0x0a]
        }
        return bytes
    }

    /// Zeros at the end of boot_params are as good as not there: `root` puts them back.
    private static func length(of file: [UInt8], named name: String) -> Int {
        name == bootParameters ? (file.lastIndex { $0 != 0 } ?? -1) + 1 : file.count
    }
}
