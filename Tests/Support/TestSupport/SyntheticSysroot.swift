/// /proc and /sys of a machine that a test describes. The default is small and complete: 2 GiB of
/// RAM of which 256 MiB are reserved for a crash kernel, two CPUs.
public struct SyntheticSysroot: Sendable {
    /// A line of /proc/iomem.
    public struct Resource: Sendable {
        public var start: UInt64
        /// Belongs to it.
        public var last: UInt64
        public var name: String
        public var level: Int

        public init(_ start: UInt64, _ last: UInt64, _ name: String, level: Int = 0) {
            self.start = start
            self.last = last
            self.name = name
            self.level = level
        }

        public var line: String {
            String(repeating: "  ", count: level) + "\(digits(start))-\(digits(last)) : \(name)\n"
        }

        private func digits(_ address: UInt64) -> String {
            let text = String(address, radix: 16)
            return String(repeating: "0", count: Swift.max(0, 8 - text.count)) + text
        }
    }

    public struct CPU: Sendable {
        public var number: Int
        public var crashNotes: UInt64
        public var crashNotesSize: UInt64

        public init(_ number: Int, crashNotes: UInt64, size: UInt64 = 368) {
            self.number = number
            self.crashNotes = crashNotes
            crashNotesSize = size
        }
    }

    /// A program header of /proc/kcore.
    public struct CoreMapping: Sendable {
        /// 1 for PT_LOAD, 4 for PT_NOTE.
        public var type: UInt32
        public var virtualAddress: UInt64
        public var physicalAddress: UInt64
        public var size: UInt64

        public init(type: UInt32 = 1, virtual: UInt64, physical: UInt64, size: UInt64) {
            self.type = type
            virtualAddress = virtual
            physicalAddress = physical
            self.size = size
        }
    }

    /// The name under which a kernel tells the elfcorehdr's capacity.
    public enum Generation: Sendable {
        case oldName, newName
    }

    public static let directMap: UInt64 = 0xffff_8880_0000_0000

    public var iomem: [Resource] = [
        Resource(0, 0xfff, "Reserved"),
        Resource(0x1000, 0x9fbff, "System RAM"),
        Resource(0x9fc00, 0x9ffff, "Reserved"),
        Resource(0x100000, 0x7ffd_ffff, "System RAM"),
        Resource(0x100_0000, 0x1ff_ffff, "Kernel code", level: 1),
        Resource(0x6e00_0000, 0x7dff_ffff, "Crash kernel", level: 1),
        Resource(0x7ffe_0000, 0x7fff_ffff, "Reserved"),
    ]
    public var cpus = [CPU(0, crashNotes: 0x3d80_0000), CPU(1, crashNotes: 0x3d90_0000)]
    /// Nil for a list of the numbers of `cpus`.
    public var possibleCPUs: String?
    public var vmcoreinfo: String? = "0x0000000003dc4000 1024\n"
    public var core: [CoreMapping]? = [
        CoreMapping(type: 4, virtual: 0, physical: 0, size: 0x2000),
        CoreMapping(virtual: 0xffff_ffff_8100_0000, physical: 0x100_0000, size: 0x2c3_0000),
        CoreMapping(virtual: directMap + 0x1000, physical: 0x1000, size: 0x9e000),
        CoreMapping(virtual: directMap + 0x100000, physical: 0x100000, size: 0x7fee_0000),
    ]
    public var memTotalKiB: UInt64? = 1_692_108
    public var elfcorehdrCapacity: UInt64? = 917_616
    public var generation = Generation.oldName
    public var bootParameters: [UInt8]? = [UInt8](repeating: 0, count: 4096)
    public var release: String? = "6.12.107+deb13-cloud-amd64"
    public var commandLine: String? = "console=ttyS0 crashkernel=256M"
    /// The firmware's memory map: start, last, type.
    public var memmap: [(UInt64, UInt64, String)] = []
    /// Files as they are, over what the other members describe; nil for one that is not there.
    public var files: [String: String?] = [:]

    public init() {}

    /// The machine whose RAM is one range, with a crash kernel's region in it.
    public static func withCrashRegion(_ start: UInt64, _ last: UInt64, ram lastOfRAM: UInt64) -> SyntheticSysroot {
        var machine = SyntheticSysroot()
        machine.iomem = [
            Resource(0x100000, lastOfRAM, "System RAM"),
            Resource(0x100_0000, 0x1ff_ffff, "Kernel code", level: 1),
            Resource(start, last, "Crash kernel", level: 1),
        ]
        return machine
    }

    public func write() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, bytes) in contents() { try folder.write(bytes, to: name) }
        return folder
    }

    /// All files, by their names below the root.
    public func contents() -> [String: [UInt8]] {
        var texts: [String: String] = ["proc/iomem": iomem.map(\.line).joined()]
        texts["sys/devices/system/cpu/possible"] = (possibleCPUs ?? cpus.map { "\($0.number)" }.joined(separator: ",")) + "\n"
        for cpu in cpus {
            let name = "sys/devices/system/cpu/cpu\(cpu.number)/crash_notes"
            texts[name] = String(cpu.crashNotes, radix: 16) + "\n"
            texts[name + "_size"] = "\(cpu.crashNotesSize)\n"
        }
        texts["sys/kernel/vmcoreinfo"] = vmcoreinfo
        texts["proc/meminfo"] = memTotalKiB.map { "MemTotal:        \($0) kB\nMemFree:         1605344 kB\n" }
        let capacityName = generation == .oldName ? "sys/kernel/crash_elfcorehdr_size" : "sys/kernel/kexec/crash_elfcorehdr_size"
        texts[capacityName] = elfcorehdrCapacity.map { "\($0)\n" }
        texts["proc/version"] = release.map { "Linux version \($0) (builder@example.org) (gcc 14) #1 SMP\n" }
        texts["proc/cmdline"] = commandLine.map { $0 + "\n" }
        for (index, (start, last, type)) in memmap.enumerated() {
            let entry = "sys/firmware/memmap/\(index)/"
            texts[entry + "start"] = "0x" + String(start, radix: 16) + "\n"
            texts[entry + "end"] = "0x" + String(last, radix: 16) + "\n"
            texts[entry + "type"] = type + "\n"
        }
        var contents = texts.mapValues { Array($0.utf8) }
        contents["proc/kcore"] = core.map(Self.coreFile)
        contents["sys/kernel/boot_params/data"] = bootParameters
        for (name, text) in files { contents[name] = text.map { Array($0.utf8) } }
        return contents
    }

    /// An ELF core's header and program headers, at the offsets of the ELF specification.
    private static func coreFile(_ mappings: [CoreMapping]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 + mappings.count * 56)
        bytes.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
        for (offset, width, value) in [
            (16, 2, 4), (18, 2, 62), (20, 4, 1), (32, 8, 64), (52, 2, 64), (54, 2, 56), (56, 2, UInt64(mappings.count)),
        ] as [(Int, Int, UInt64)] { bytes.putLittleEndian(value, at: offset, width: width) }
        for (index, mapping) in mappings.enumerated() {
            let base = 64 + index * 56
            for (offset, width, value) in [
                (0, 4, UInt64(mapping.type)), (4, 4, 7), (8, 8, 0x1000), (16, 8, mapping.virtualAddress),
                (24, 8, mapping.physicalAddress), (32, 8, mapping.size), (40, 8, mapping.size), (48, 8, 0x1000),
            ] as [(Int, Int, UInt64)] { bytes.putLittleEndian(value, at: base + offset, width: width) }
        }
        return bytes
    }
}
