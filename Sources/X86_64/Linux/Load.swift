import BinaryLayout
import ByteStorage
import ELF
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory

/// The segments that start a Linux kernel with boot_params, their contents and their places.
///
/// From the top of memory down: elfcorehdr (for a crash), purgatory, bootParameters, kernel,
/// initrd, setupData. A kernel that wants a certain place gets it before the others.
struct LinuxLoad {
    private let request: LoadRequest
    private let host: HostState
    private let destination: Destination
    private let kernel: LinuxKernel

    init(_ request: LoadRequest, on host: HostState) throws(PlanError) {
        self.request = request
        self.host = host
        kernel = try LinuxKernel(request)
        try kernel.checkPaging(on: host, name: request.kernel.name)
        if let initrd = request.initrd, initrd.contents.count == 0 { throw .emptyInitrd(initrd.name) }
        destination = try Destination(request, on: host, machine: Machine.x86_64.elfMachine)
    }

    func draft() throws(PlanError) -> LoadDraft {
        var purgatory = PurgatoryImage.x86_64
        let places = try place(purgatory)
        let commandLine = try commandLine(elfcorehdr: places[.elfcorehdr])
        guard commandLine.bytes.count <= kernel.commandLineLimit else {
            throw .commandLineTooLong(commandLine.bytes.count, limit: kernel.commandLineLimit)
        }
        let (bootParameters, setupData) = try bootParameters(places)
        var segments = [
            PlacedSegment(
                role: .bootParameters, memory: try places.memory(.bootParameters),
                contents: Bytes(bootParameters.bytes + commandLine.bytes + [0])),
            PlacedSegment(role: .setupData, memory: try places.memory(.setupData), contents: Bytes(setupData.bytes)),
        ]
        segments += try kernelSegments(try places.memory(.kernel))
        if let elfcorehdr = destination.elfcorehdr {
            segments.append(
                PlacedSegment(
                    role: .elfcorehdr, memory: try places.memory(.elfcorehdr), contents: Bytes(elfcorehdr.bytes)))
        }
        if let initrd = request.initrd {
            segments.append(PlacedSegment(role: .initrd, memory: try places.memory(.initrd), contents: initrd.contents))
        }
        if let shared = destination.sharedMemory {
            segments += shared.backup(besides: segments.map(\.memory) + [try places.memory(.purgatory)])
            try tellWayBack(&purgatory, commandLine, bootParameters: try places.memory(.bootParameters))
        }
        try tellPurgatory(&purgatory, kernel: try places.memory(.kernel), bootParameters: try places.memory(.bootParameters))
        return LoadDraft(
            segments: segments, purgatory: purgatory, purgatoryMemory: try places.memory(.purgatory),
            commandLine: commandLine, usableMemory: destination.sharedMemory?.all ?? destination.usableMemory, warnings: warnings)
    }

    private func kernelSegments(_ memory: PhysicalRange) throws(PlanError) -> [PlacedSegment] {
        var segments: [PlacedSegment] = []
        for piece in kernel.pieces {
            guard let start = memory.start.advanced(by: piece.offset), let place = PhysicalRange(start: start, size: piece.memorySize)
            else { throw .rule(.kernel, "it reaches beyond the address space") }
            segments.append(PlacedSegment(role: .kernel, memory: place, contents: piece.contents))
        }
        return segments
    }

    // MARK: - Places

    /// Sizes are known before addresses are: the longest text that names the elfcorehdr, and the
    /// setup data as they will be laid out, wherever that is.
    private func place(_ purgatory: PurgatoryImage) throws(PlanError) -> [SegmentRole: PhysicalRange] {
        let longestElfcorehdr = destination.elfcorehdr.flatMap { _ in PhysicalRange(start: destination.highestAddress, size: .page) }
        let longestCommandLine =
            try commandLine(elfcorehdr: longestElfcorehdr).bytes.count
            + (passesMemoryMap ? 2 * MemoryMapParameters.longestParameter : 0)
        // Taking the elfcorehdr out of its region leaves at most two pieces of it.
        let mapEntries = memoryMap(elfcorehdr: nil).count + 2
        let extraEntries = [UInt8](repeating: 0, count: max(0, mapEntries - BootParameters.e820Capacity) * E820Entry.size)
        let setupDataSize = try setupData(at: PhysicalAddress(0), extraEntries: extraEntries).data.bytes.count

        let sizes: [(SegmentRole, ByteCount)] = [
            (.elfcorehdr, destination.elfcorehdr?.size ?? .zero),
            (.purgatory, purgatory.memorySize),
            (.bootParameters, ByteCount(BootParameters.size + longestCommandLine + 1)),
            (.kernel, kernel.memorySize),
            (.initrd, ByteCount(request.initrd?.contents.count ?? 0)),
            (.setupData, ByteCount(setupDataSize)),
        ]
        var wishes: [PlacementWish] = []
        for (role, size) in sizes where size > .zero {
            guard let pages = size.alignedUp(to: .page) else { throw .rule(role, "its \(size) are too much") }
            var wish = PlacementWish(role: role, size: pages, within: window(role))
            guard role == .kernel else {
                wishes.append(wish)
                continue
            }
            wish.alignment = kernel.alignment
            switch kernel.place {
            case .anywhere: wishes.append(wish)
            case .preferably(let address):
                wish.preferred = address
                wishes.insert(wish, at: 0)
            case .only(let address):
                wish.preferred = address
                wish.isFixed = true
                wishes.insert(wish, at: 0)
            }
        }
        return try Placement.place(wishes, in: destination.usableMemory, limitedTo: request.memoryWindow)
    }

    /// Where the boot protocol allows a segment to be.
    private func window(_ role: SegmentRole) -> PhysicalRange? {
        let above4G = kernel.canBeAbove4G
        let end = above4G ? kernel.mappableEnd(request.commandLine) : Layout.fourGibibytes
        switch role {
        case .kernel:
            return PhysicalRange(start: Layout.lowestKernel, end: end)
        case .initrd where !above4G:
            return PhysicalRange(start: PhysicalAddress(0), last: kernel.highestInitrdAddress)
        case .initrd, .bootParameters, .realMode, .setupData, .elfcorehdr, .purgatory, .fdt, .module, .backup:
            return PhysicalRange(start: PhysicalAddress(0), end: end)
        }
    }

    // MARK: - Command line

    private func commandLine(elfcorehdr: PhysicalRange?) throws(PlanError) -> KernelCommandLine {
        var line = request.commandLine
        if destination.sharedMemory != nil { line = WayBack.removed(from: line) }
        if line.bytes.contains(0) { throw .commandLineHasNUL }
        let additions = [
            rsdp.flatMap { kernel.readsRSDP ? nil : KernelCommandLine("acpi_rsdp=\($0.hex)") },
            elfcorehdr.map { KernelCommandLine("elfcorehdr=\($0.start)") },
            passesMemoryMap ? MemoryMapParameters.commandLine(memoryMap(elfcorehdr: elfcorehdr)) : nil,
            destination.sharedMemory.map { _ in WayBack.parameter },
        ].compactMap { $0 }
        if !additions.isEmpty, line.hasOpenQuote { throw .commandLineHasOpenQuote }
        for addition in additions { line.add(addition) }
        return line
    }

    /// Where the kernel has the whole machine, its own memory map is no more than the firmware's.
    private var passesMemoryMap: Bool { request.passesMemoryMap && destination.limitsMemory }

    /// The ACPI root pointer, where the machine's firmware is not searchable for it.
    private var rsdp: UInt64? { host.acpiRootAddress }

    // MARK: - Boot parameters

    private func memoryMap(elfcorehdr: PhysicalRange?) -> [E820Entry] {
        if let shared = destination.sharedMemory { return MemoryMap.forGuest(host, ram: shared.all, elfcorehdr: elfcorehdr) }
        return switch request.purpose {
        case .crash: MemoryMap.forCrash(host, elfcorehdr: elfcorehdr)
        case .reboot: MemoryMap.forReboot(host)
        }
    }

    /// What the kernel is told of the EFI firmware, when both know how.
    private var efi: EFIHandover? {
        request.handsOverEFI && kernel.takesEFI ? EFIHandover(host.efi, tables: host.efiTables) : nil
    }

    private func bootParameters(
        _ places: [SegmentRole: PhysicalRange]
    ) throws(PlanError) -> (BootParameters, SetupData) {
        do {
            var parameters = try BootParameters(
                setupHeader: kernel.setupHeader, screen: ScreenInfo(request.screen, on: host), inheriting: host.bootParameters)
            if let rsdp, kernel.readsRSDP { try parameters.setACPIRSDPAddress(rsdp) }
            if let initrd = request.initrd {
                try parameters.setInitrd(at: try places.memory(.initrd).start, size: ByteCount(initrd.contents.count))
            }
            let commandLine = try places.memory(.bootParameters).start.rawValue &+ UInt64(BootParameters.size)
            try parameters.setCommandLine(at: PhysicalAddress(commandLine))
            var rest: [UInt8] = []
            for entry in try parameters.setMemoryMap(memoryMap(elfcorehdr: places[.elfcorehdr])) { entry.append(to: &rest) }
            let (data, runtimeMap) = try setupData(at: try places.memory(.setupData).start, extraEntries: rest)
            try parameters.setSetupData(first: data.first)
            if let efi, let runtimeMap, let running = host.bootParameters {
                try parameters.setEFI(runtimeMap: runtimeMap, size: efi.runtimeMapSize, inheriting: running)
            }
            return (parameters, data)
        } catch let error as PlanError {
            throw error
        } catch {
            throw .rule(.bootParameters, "\(error)")
        }
    }

    private func setupData(
        at start: PhysicalAddress, extraEntries: [UInt8]
    ) throws(PlanError) -> (data: SetupData, runtimeMap: PhysicalAddress?) {
        do throws(TruncatedBytes) {
            var data = SetupData(at: start)
            if !extraEntries.isEmpty { try data.append(.e820Extension, extraEntries) }
            try data.append(.rngSeed, request.rngSeed)
            let runtimeMap = try efi.map { (efi) throws(TruncatedBytes) in
                efi.runtimeMap(dataAt: try data.append(.efi, efi.setupData))
            }
            return (data, runtimeMap)
        } catch {
            throw .rule(.setupData, "\(error)")
        }
    }

    // MARK: - Purgatory

    private func tellPurgatory(
        _ purgatory: inout PurgatoryImage, kernel memory: PhysicalRange, bootParameters: PhysicalRange
    ) throws(PlanError) {
        purgatory.setEntry(
            PurgatoryEntryMode(kernel.entry), at: memory.start.rawValue &+ kernel.entryOffset.rawValue,
            bootParameters: bootParameters.start)
        purgatory.setConsole(request)
    }

    /// Where in the command line purgatory writes the way back.
    private func tellWayBack(
        _ purgatory: inout PurgatoryImage, _ commandLine: KernelCommandLine, bootParameters: PhysicalRange
    ) throws(PlanError) {
        guard let digits = WayBack.digits(in: commandLine) else { throw .rule(.bootParameters, "the command line lacks the way back") }
        purgatory.setIsCalled()
        purgatory.set(PurgatoryX86_64.wayBackDigits, to: bootParameters.start.rawValue &+ UInt64(BootParameters.size + digits))
    }

    // MARK: - Warnings

    private var warnings: [String] {
        var warnings = request.warnings
        if let warning = destination.elfcorehdr?.warning { warnings.append(warning) }
        if let warning = kernel.pagingWarning(on: host, name: request.kernel.name) { warnings.append(warning) }
        if destination.sharedMemory?.holdsThisKernel == true {
            warnings.append(
                "the other kernel gets memory that this kernel itself lies in (--mem-min, --mem-max): it has no /proc/vmcore of this one")
        }
        if request.hotplug, request.purpose == .crash, !request.commandLine.contains("acpi_no_memhotplug") {
            warnings.append(
                "the command line lacks acpi_no_memhotplug: a capture kernel with ACPI memory hotplug takes hot-added memory for its own and overwrites what should be dumped"
            )
        }
        return warnings + request.consoleWarnings(on: host)
    }
}
