import ByteStorage
import DeviceTree
import ELF
import SystemPackage

/// Records what plans and checks read of a machine into a folder, under the same paths.
public enum Snapshot {
    /// What is recorded, for the help; nothing beyond it is.
    public static let contents = """
        proc/iomem                 the ranges that concern a loader (RAM and what it lies in, reserved,
                                   ACPI, kernel, crash kernel, persistent memory); other devices are
                                   left out
        proc/kcore                 its ELF and program headers only, no memory
        proc/cmdline, proc/version whole
        proc/meminfo               MemTotal only
        proc/cpuinfo               of the first processor's flags those that concern a loader
        sys/firmware/memmap        the firmware's memory map
        proc/sys/kernel            panic, panic_on_oops, kexec_load_disabled, kexec_load_limit_panic,
                                   kexec_load_limit_reboot
        sys/firmware/efi           systab, fw_vendor, runtime, config_table, runtime-map, whether
                                   Secure Boot is on
        sys/kernel                 vmcoreinfo, kexec_*, kexec/*, crash_elfcorehdr_size, fadump's
                                   control files and regions, security/lockdown
        sys/kernel/boot_params     screen, EFI, ACPI root and disk drive fields; all others zeroed
        sys/kernel/config          crash_dm_crypt_keys/count
        sys/kernel/security/ima    runtime_measurements_count
        sys/kernel/debug/kho/out, sys/class/misc/liveupdate
                                   that they are there
        sys/hypervisor, proc/xen   type, guest_type; capabilities
        sys/class/graphics/fb0     name
        sys/class/tty              iomem_base, iomem_reg_shift, type of each serial port
        sys/devices/system/cpu     possible, crash_hotplug, each CPU's crash_notes and its size
        sys/devices/system/memory  crash_hotplug
        sys/bus/acpi/devices       hid of the memory devices (PNP0C80)
        proc/device-tree           the whole device tree, and sys/firmware/fdt, on machines that have one
        sys/module/kernel          parameters/crash_kexec_post_notifiers
        """

    private static let wholeFiles =
        [
            KexecFiles.commandLineName, HostIdentity.versionName, HostState.vmcoreinfoName,
            KexecFiles.cpuHotplugName, KexecFiles.memoryHotplugName,
            "sys/kernel/boot_params/version", HostState.framebufferNameName,
            CrashNotes.possibleName, HostState.bootDeviceTreeName,
            XenDomain.typeName, XenDomain.guestTypeName, XenDomain.capabilitiesName,
            HandoverState.volumeKeyCountName, HandoverState.measurementCountName,
            "\(EFIState.folder)/systab", "\(EFIState.folder)/fw_vendor", "\(EFIState.folder)/runtime",
            "\(EFIState.folder)/config_table",
        ] + KexecFiles.loadedNames + KexecFiles.crashLoadedNames + KexecFiles.crashSizeNames + KexecFiles.elfcorehdrCapacityNames
        + KexecFiles.crashCMARangesNames + checkedFiles
        + fadumpFiles

    /// What only `swkexec fadump` reads.
    private static let fadumpFiles = [
        "sys/kernel/fadump/bootargs_append", "sys/kernel/debug/powerpc/fadump_region",
    ]

    /// What only `swkexec check` reads.
    private static let checkedFiles = [
        "proc/sys/kernel/panic", "proc/sys/kernel/panic_on_oops",
        "proc/sys/kernel/kexec_load_disabled", "proc/sys/kernel/kexec_load_limit_panic",
        "proc/sys/kernel/kexec_load_limit_reboot",
        "sys/kernel/fadump/enabled", "sys/kernel/fadump/registered", "sys/kernel/fadump/hotplug_ready",
        "sys/kernel/fadump/mem_reserved", "sys/kernel/fadump_enabled", "sys/kernel/fadump_registered",
        "sys/kernel/security/lockdown", "sys/module/kernel/parameters/crash_kexec_post_notifiers",
        "\(EFIState.folder)/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
    ]

    /// Reads `source` and writes below `folder`. The state is read first as a plan reads it, so
    /// that a machine that cannot be planned for says so here.
    public static func write(from source: SystemRoot, to folder: FilePath) throws(HostStateError) {
        let kept = try files(of: source)
        do { try kept.write(to: folder) } catch { throw .file(error) }
    }

    /// What is kept of a machine.
    public static func files(of source: SystemRoot) throws(HostStateError) -> FilesInMemory {
        let state = try HostState.read(source)
        var kept = FilesInMemory()
        for name in wholeFiles { try copy(name, source, &kept) }
        for name in HandoverState.shownFolders(source) { kept.write([], to: "\(name)/shown") }
        for name in try ACPIMemoryDevice.files(source) { try copy(name, source, &kept) }
        for notes in state.crashNotes {
            let name = "sys/devices/system/cpu/cpu\(notes.cpu)/crash_notes"
            try copy(name, source, &kept)
            try copy(name + "_size", source, &kept)
        }
        try copyTable(FirmwareRange.folder, fields: ["start", "end", "type"], source, &kept)
        try copyTable(
            "\(EFIState.folder)/runtime-map", fields: ["type", "phys_addr", "virt_addr", "num_pages", "attribute"],
            source, &kept)
        try copyTable(SerialDevice.folder, fields: SerialDevice.fields, source, &kept)
        kept.write(iomemOfInterest(state.ioMemory), to: IOMemory.name)
        try writeProcessorFlags(of: state, &kept)
        if let total = state.totalMemory {
            kept.write(Array("MemTotal:       \(total.rawValue >> 10) kB\n".utf8), to: "proc/meminfo")
        }
        if let core = state.kernelCore {
            do {
                kept.write(try CoreHeader.bytes(machine: core.machine, programHeaders: core.loads), to: KernelCore.name)
            } catch {
                throw .contradiction(source.file(KernelCore.name), "\(error)")
            }
        }
        if let tree = state.deviceTree { write(tree.root, HostState.deviceTreeName, to: &kept) }
        if let parameters = state.bootParameters {
            kept.write(BootParametersOfInterest.keep(parameters), to: HostState.bootParametersName)
        }
        return kept
    }

    /// A folder a node, a file a property, as the kernel shows them.
    private static func write(_ node: DeviceTree.Node, _ folder: String, to kept: inout FilesInMemory) {
        kept.makeFolder(folder)
        for property in node.properties { kept.write(property.value, to: "\(folder)/\(property.name)") }
        for child in node.children { write(child, "\(folder)/\(child.name)", to: &kept) }
    }

    /// With what was found out otherwise of a confidential guest.
    private static func writeProcessorFlags(of state: HostState, _ kept: inout FilesInMemory) throws(HostStateError) {
        var processor = try Processor.read(state.root)
        if let guest = state.confidentialGuest { processor.flags.insert(guest.flag) }
        guard !processor.flags.isEmpty else { return }
        kept.write(Array(processor.text.utf8), to: Processor.name)
    }

    private static func copy(_ name: String, _ source: SystemRoot, _ kept: inout FilesInMemory) throws(HostStateError) {
        if let bytes = try source.read(name) { kept.write(bytes, to: name) }
    }

    /// A folder of folders that hold some of the same few files.
    private static func copyTable(
        _ folder: String, fields: [String], _ source: SystemRoot, _ kept: inout FilesInMemory
    ) throws(HostStateError) {
        for entry in try source.names(in: folder) ?? [] {
            for field in fields { try copy("\(folder)/\(entry)/\(field)", source, &kept) }
        }
    }

    /// Names of resources that any plan looks at; the rest is about the machine's devices. What RAM lies in, or lies in RAM, is kept
    /// under whatever name: it decides whose the RAM is.
    private static func isOfInterest(_ name: String) -> Bool {
        [
            "System RAM", "Reserved", "reserved", "ACPI ", "Persistent Memory", "Soft Reserved", "Unusable memory",
            "Crash kernel", "Kernel ", "Unknown E820 type",
        ].contains { name.hasPrefix($0) }
    }

    private static func iomemOfInterest(_ memory: IOMemory) -> [UInt8] {
        var text = ""
        let aboutRAM = memory.linesAboutRAM
        for (index, resource) in memory.resources.enumerated() where isOfInterest(resource.name) || aboutRAM.contains(index) {
            text += String(repeating: "  ", count: resource.level) + resource.line + "\n"
        }
        return Array(text.utf8)
    }
}

/// The parts of struct boot_params that a plan takes over from the running kernel
/// (Documentation/arch/x86/zero-page.rst); a snapshot zeroes all others.
enum BootParametersOfInterest {
    /// screen_info, acpi_rsdp_addr, efi_info, the counts of disk drives, secure_boot, hardware_subarch
    /// with its data, edd_mbr_sig_buffer, eddbuf.
    private static let kept: [Range<Int>] = [
        0x000..<0x040, 0x070..<0x078, 0x1c0..<0x1e0, 0x1e9..<0x1eb, 0x1ec..<0x1ed, 0x23c..<0x248, 0x290..<0x2d0, 0xd00..<0xeec,
    ]

    static func keep(_ parameters: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: parameters.count)
        for range in kept where range.upperBound <= parameters.count {
            result.replaceSubrange(range, with: parameters[range])
        }
        return result
    }
}
