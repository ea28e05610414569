import HostState
import SystemPackage
import TestSupport

/// Several files in one: what a fuzzer changes must be one run of bytes.
///
/// Each begins with a line `@NAME`; a name that is not known is no such line. A first line `@=BASE` puts the files of a whole machine
/// below them, `@-NAME` takes one away.
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
        names.formUnion(TreeFiles.names)
        for cpu in 0..<3 { names.formUnion(["crash_notes", "crash_notes_size"].map { "sys/devices/system/cpu/cpu\(cpu)/\($0)" }) }
        for entry in 0..<32 {
            names.formUnion(["start", "end", "type"].map { "sys/firmware/memmap/\(entry)/\($0)" })
        }
        for entry in 0..<2 {
            names.formUnion(
                ["type", "phys_addr", "virt_addr", "num_pages", "attribute"].map { "sys/firmware/efi/runtime-map/\(entry)/\($0)" })
        }
        return names
    }()

    private static let longestName = names.map(\.utf8.count).max() ?? 0

    /// Files that are written down though they are those of the machine below: a fuzzer changes what it has before it.
    var shown: Set<String> = []

    /// By their names.
    private(set) var contents: [String: [UInt8]] = [:]

    private var base: MachineBase?
    private var hasAllOfBase = true

    /// Takes a run of bytes apart. What stands before the first name belongs to no file.
    init(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x40, 0x3d]), let end = bytes.prefix(12).firstIndex(of: 0x0a) {
            base = MachineBase(rawValue: String(decoding: bytes[2..<end], as: UTF8.self))
            contents = base?.contents ?? [:]
        }
        var current: (name: String, start: Int)?
        var line = 0
        func close(at end: Int) {
            if let current { contents[current.name] = Array(bytes[current.start..<max(current.start, end)]) }
        }
        while line < bytes.count {
            if bytes[line] == UInt8(ascii: "@"),
                let end = bytes[line...].prefix(Self.longestName + 2).firstIndex(of: 0x0a),
                case let isRemoved = line + 1 < end && bytes[line + 1] == UInt8(ascii: "-"),
                case let name = String(decoding: bytes[(line + (isRemoved ? 2 : 1))..<end], as: UTF8.self), Self.names.contains(name)
            {
                close(at: line - 1)
                current = isRemoved ? nil : (name, end + 1)
                if isRemoved { (contents[name], hasAllOfBase) = (nil, false) }
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

    /// A whole machine, and what is different.
    init(_ base: MachineBase, with others: [String: [UInt8]] = [:]) {
        self.base = base
        contents = base.contents.merging(others) { $1 }
    }

    /// Those of /proc and /sys, in memory: a machine is some fifty files, too many to write for each input.
    var root: SystemRoot {
        let below = hasAllOfBase ? base : nil
        let known = below?.contents ?? [:]
        var files = below?.files ?? FilesInMemory()
        for (name, bytes) in contents where name.contains("/") && known[name] != bytes { files.write(bytes, to: name) }
        // A boot_params of another size is refused at once, which is soon tried: the rest is worth more.
        if let parameters = contents[Self.bootParameters], parameters.count < 4096 {
            files.write(parameters + [UInt8](repeating: 0, count: 4096 - parameters.count), to: Self.bootParameters)
        }
        return SystemRoot(files, at: "/machine")
    }

    private static let bootParameters = "sys/kernel/boot_params/data"

    /// The run of bytes that these files are made of again.
    var bytes: [UInt8] {
        var bytes = base.map { Array("@=\($0.rawValue)\n".utf8) } ?? []
        for (name, file) in contents.sorted(by: { $0.key < $1.key }) where base?.contents[name] != file || shown.contains(name) {
            bytes += Array("@\(name)\n".utf8) + file.prefix(Self.length(of: file, named: name)) + [0x0a]
        }
        return bytes
    }

    /// Zeros at the end of boot_params are as good as not there: `root` puts them back.
    private static func length(of file: [UInt8], named name: String) -> Int {
        name == bootParameters ? (file.lastIndex { $0 != 0 } ?? -1) + 1 : file.count
    }
}
