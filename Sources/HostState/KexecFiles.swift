import DeviceTree
import PhysicalMemory
import SystemPackage

/// What the kernel shows of kexec and of crash images. Plans, checks and every other command read these
/// files here, so that no two of them can disagree.
public struct KexecFiles: Sendable {
    /// Where they are read.
    public let root: SystemRoot

    /// Reads nothing yet: each file is read when it is asked for.
    public init(_ root: SystemRoot) { self.root = root }

    /// The files of `imageLoaded`; newer names first, as everywhere here: Linux 7.2 moved the files.
    public static let loadedNames = ["sys/kernel/kexec/loaded", "sys/kernel/kexec_loaded"]
    /// The files of `crashImageLoaded`.
    public static let crashLoadedNames = ["sys/kernel/kexec/crash_loaded", "sys/kernel/kexec_crash_loaded"]
    static let crashSizeNames = ["sys/kernel/kexec/crash_size", "sys/kernel/kexec_crash_size"]
    static let elfcorehdrCapacityNames = ["sys/kernel/kexec/crash_elfcorehdr_size", "sys/kernel/crash_elfcorehdr_size"]
    static let crashCMARangesNames = ["sys/kernel/kexec/crash_cma_ranges", "sys/kernel/kexec_crash_cma_ranges"]
    static let cpuHotplugName = "sys/devices/system/cpu/crash_hotplug"
    static let memoryHotplugName = "sys/devices/system/memory/crash_hotplug"
    static let commandLineName = "proc/cmdline"

    /// Not 0 when an image for the next reboot is loaded.
    public var imageLoaded: Reading<UInt64> { .number(Self.loadedNames, in: root) }

    /// Not 0 when a crash image is loaded.
    public var crashImageLoaded: Reading<UInt64> { .number(Self.crashLoadedNames, in: root) }

    /// The bytes reserved for a crash kernel.
    public var crashSize: Reading<UInt64> { .number(Self.crashSizeNames, in: root) }

    /// The bytes of program headers that the kernel wants room for in an elfcorehdr which it may rewrite
    /// on hotplug; absent where it rewrites none (CONFIG_CRASH_HOTPLUG, Linux 6.6).
    public var elfcorehdrCapacity: Reading<UInt64> { .number(Self.elfcorehdrCapacityNames, in: root) }

    /// Where most kernels have it, for messages.
    public var elfcorehdrCapacityFile: FilePath { root.file(Self.elfcorehdrCapacityNames[Self.elfcorehdrCapacityNames.count - 1]) }

    /// What is lent to movable pages until a crash (crashkernel=…,cma), in address order: a line a range, "100000000-10c7fffff",
    /// both ends included.
    public var crashCMARanges: Reading<[PhysicalRange]> {
        .read(Self.crashCMARangesNames, in: root) { name throws(HostStateError) in
            guard let text = try root.read(name) else { return nil }
            var ranges: [PhysicalRange] = []
            for (index, line) in text.lines.enumerated() where !line.trimmed.isEmpty {
                let ends = line.trimmed.split(separator: 0x2d, omittingEmptySubsequences: false)
                guard ends.count == 2, let start = ends[0].number(radix: 16), let last = ends[1].number(radix: 16),
                    let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
                else {
                    throw .garbled(root.file(name), line: index + 1, found: line.text, allowed: "'START-END', both hexadecimal")
                }
                ranges.append(range)
            }
            return ranges.normalized()
        }
    }

    /// Whether the loaded crash image is updated when CPUs come and go; absent without CPU hotplug.
    public var cpuHotplug: Reading<UInt64> { .number([Self.cpuHotplugName], in: root) }

    /// The same for memory.
    public var memoryHotplug: Reading<UInt64> { .number([Self.memoryHotplugName], in: root) }

    /// The running kernel's command line without its line end.
    public var commandLine: Reading<[UInt8]> {
        .read(Self.commandLineName, in: root) { name throws(HostStateError) in try root.read(name).map { Array($0.trimmed) } }
    }

    /// The kernel's resources, /proc/iomem.
    public var ioMemory: Reading<IOMemory> {
        .read(IOMemory.name, in: root) { name throws(HostStateError) in
            try root.read(name).map { (bytes) throws(HostStateError) in try IOMemory(bytes, from: root.file(name)) }
        }
    }

    /// The regions reserved for a crash kernel, in address order; none where the file shows none.
    ///
    /// They stand in /proc/iomem. PowerPC kernels show theirs in /chosen of the device tree alone, one number of
    /// 32 or 64 bits a property (arch/powerpc/kexec/core.c, export_crashk_values).
    public func crashRegions(_ ioMemory: Reading<IOMemory>) -> Reading<[PhysicalRange]> {
        let regions = ioMemory.value?.crashKernel ?? []
        guard regions.isEmpty, let tree = crashRegionOfDeviceTree() else {
            return switch ioMemory {
            case .found(let memory, let file): memory.check(regions, file)
            case .absent(let file): .absent(file)
            case .unreadable(let file, let error): .unreadable(file, error)
            }
        }
        guard case .found(let regions, let file) = tree, let memory = ioMemory.value else { return tree }
        return memory.check(regions, file)
    }

    /// Nil where no PowerPC kernel has written its own place into the tree.
    private func crashRegionOfDeviceTree() -> Reading<[PhysicalRange]>? {
        guard let chosen = DeviceTree.folder(in: root).map({ "\($0)/chosen" }) else { return nil }
        let (base, size) = ("\(chosen)/linux,crashkernel-base", "\(chosen)/linux,crashkernel-size")
        guard [base, size, "\(chosen)/linux,kernel-end"].contains(where: root.exists) else { return nil }
        let region = Reading<[PhysicalRange]>.read(size, in: root) { name throws(HostStateError) in
            guard let start = try root.deviceTreeNumber(base), let size = try root.deviceTreeNumber(name), size != 0 else { return nil }
            guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
                throw .contradiction(root.file(name), "\(size) bytes at \(start.hex) are no range of memory")
            }
            return [range]
        }
        // Without a reservation the kernel writes neither property.
        return region.isAbsent ? .found([], in: region.file) : region
    }
}

extension IOMemory {
    /// The regions, if they lie in RAM.
    fileprivate func check(_ regions: [PhysicalRange], _ source: FilePath) -> Reading<[PhysicalRange]> {
        let ram = dumpedRAM.joined()
        guard let stray = regions.first(where: { region in !ram.contains { $0.contains(region) } }) else {
            return .found(regions, in: source)
        }
        return .unreadable(source, .contradiction(source, "the crash kernel's region \(stray) lies outside System RAM"))
    }
}
