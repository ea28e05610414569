import BinaryLayout
import ByteStorage
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory

/// The load of Linux on x86_64, by boot_params.
///
/// From the top of memory down: elfcorehdr (for a crash), purgatory, bootParameters, kernel,
/// initrd, setupData. A kernel that wants a certain place gets it before the others.
struct Load: LinuxLoad {
    let request: LoadRequest
    let options: X86_64.Options
    let host: HostState
    let destination: Destination
    let kernel: Kernel
    private let kernelWindow: PhysicalRange

    init(_ request: LoadRequest, _ options: X86_64.Options, on host: HostState) throws(PlanError) {
        self.request = request
        self.options = options
        self.host = host
        kernel = try Kernel(request, options.entry)
        try kernel.checkPaging(on: host, name: request.kernel.name)
        guard let window = PhysicalRange(start: kernel.lowestPlace, end: Self.end(of: kernel, request)) else {
            throw Kernel.isPlacedTooHigh(request, kernel.lowestPlace)
        }
        kernelWindow = window
        destination = try Destination(request, on: host)
    }

    var pageSize: ByteCount { .page }
    var usableMemory: [PhysicalRange] { destination.usableMemory }
    var commandLineLimit: Int { kernel.commandLineLimit }
    var kernelPieces: [KernelPiece] { kernel.pieces }

    /// The draft, and segments for the rest of the memory that the other kernel has while this one keeps its context.
    func wholeDraft() throws(PlanError) -> LoadDraft {
        var draft = try draft()
        guard let shared = destination.sharedMemory else { return draft }
        draft.segments += shared.backup(besides: draft.segments.map(\.memory) + [draft.purgatoryMemory])
        draft.usableMemory = shared.all
        return draft
    }

    // MARK: - Places

    func sizes(purgatory: ByteCount) throws(PlanError) -> [(role: SegmentRole, size: ByteCount)] {
        let longestCommandLine =
            try commandLine(unplaced).bytes.count + (passesMemoryMap ? 2 * MemoryMapParameters.longestParameter : 0)
        // Taking the elfcorehdr out of its region leaves at most two pieces of it.
        let mapEntries = destination.memoryMap.entries.count + 2
        let extraEntries = [UInt8](repeating: 0, count: max(0, mapEntries - BootParameters.e820Capacity) * E820Entry.size)
        let setupDataSize = try setupData(at: PhysicalAddress(0), extraEntries: extraEntries).data.bytes.count
        let kernelSize = (role: SegmentRole.kernel, size: kernel.memorySize)
        let highest =
            [
                (.elfcorehdr, try elfcorehdrSize()), (.purgatory, purgatory),
                (.bootParameters, ByteCount(BootParameters.size + longestCommandLine + 1)),
            ] as [(role: SegmentRole, size: ByteCount)]
        return (kernel.place.isAnywhere ? highest + [kernelSize] : [kernelSize] + highest) + [
            (.initrd, initrdSize), (.setupData, ByteCount(setupDataSize)),
        ]
    }

    func refine(_ placement: inout PlacementRequest) {
        placement.within = window(placement.role)
        guard placement.role == .kernel else { return }
        placement.alignment = kernel.alignment
        switch kernel.place {
        case .anywhere: break
        case .preferably(let address): placement.preferred = address
        case .only(let address):
            placement.preferred = address
            placement.isFixed = true
        }
    }

    /// Where the boot protocol allows a segment to be.
    private func window(_ role: SegmentRole) -> PhysicalRange? {
        switch role {
        case .kernel: kernelWindow
        case .initrd where !kernel.canBeAbove4G: PhysicalRange(start: PhysicalAddress(0), last: kernel.highestInitrdAddress)
        default: PhysicalRange(start: PhysicalAddress(0), end: kernelWindow.end)
        }
    }

    private static func end(of kernel: Kernel, _ request: LoadRequest) -> PhysicalAddress {
        kernel.canBeAbove4G ? kernel.mappableEnd(request.commandLine) : Layout.fourGibibytes
    }

    // MARK: - Contents

    func elfcorehdr(_ places: Places) -> ElfcorehdrSegment? { destination.elfcorehdr }

    func commandLine(_ places: Places) throws(PlanError) -> KernelCommandLine {
        let elfcorehdr = destination.elfcorehdr.flatMap { _ in places[.elfcorehdr] }
        let line = destination.sharedMemory == nil ? request.commandLine : JumpBackEntry.removed(from: request.commandLine)
        return try line.adding([
            kernel.readsRSDP ? nil : rsdp.map { KernelCommandLine("acpi_rsdp=\($0.hex)") },
            .elfcorehdr(at: elfcorehdr),
            passesMemoryMap ? MemoryMapParameters.commandLine(destination.memoryMap.keeping(elfcorehdr).entries) : nil,
            destination.sharedMemory.map { _ in JumpBackEntry.parameter },
        ])
    }

    /// Where the kernel has the whole machine, its own memory map is no more than the firmware's.
    private var passesMemoryMap: Bool { options.passesMemoryMap && destination.limitsMemory }

    /// The ACPI root pointer, where the machine's firmware is not searchable for it.
    private var rsdp: UInt64? { host.acpiRootAddress }

    func nextKernelRAM(_ places: Places) -> [PhysicalRange] { destination.memoryMap.keeping(places[.elfcorehdr]).ram }

    func ownSegments(_ commandLine: KernelCommandLine, _ places: Places) throws(PlanError) -> [PlacedSegment] {
        let (bootParameters, setupData) = try bootParameters(places)
        return [
            PlacedSegment(
                role: .bootParameters, memory: try places.memory(.bootParameters),
                contents: Bytes(bootParameters.bytes + commandLine.bytes + [0])),
            PlacedSegment(role: .setupData, memory: try places.memory(.setupData), contents: Bytes(setupData.bytes)),
        ]
    }

    /// What the kernel is handed of the EFI firmware, when both know how.
    private var efi: EFIHandover? {
        options.handsOverEFI && kernel.takesEFI ? EFIHandover(host.efi, tables: host.efiTables) : nil
    }

    private func bootParameters(_ places: Places) throws(PlanError) -> (BootParameters, SetupData) {
        do {
            var parameters = try BootParameters(
                setupHeader: kernel.setupHeader, screen: ScreenInfo(options.screen, on: host), inheriting: host.bootParameters)
            if let rsdp, kernel.readsRSDP { try parameters.setACPIRSDPAddress(rsdp) }
            if let initrd = initrd(places) { try parameters.setInitrd(at: initrd.start, size: initrd.size) }
            let commandLine = try places.memory(.bootParameters).start.rawValue &+ UInt64(BootParameters.size)
            try parameters.setCommandLine(at: PhysicalAddress(commandLine))
            var rest: [UInt8] = []
            for entry in try parameters.setMemoryMap(destination.memoryMap.keeping(places[.elfcorehdr]).entries) { entry.append(to: &rest) }
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

    // MARK: - Warnings

    var warnings: [String] {
        var warnings: [String] = []
        if let warning = kernel.pagingWarning(on: host, name: request.kernel.name) { warnings.append(warning) }
        if destination.sharedMemory?.holdsThisKernel == true {
            warnings.append(
                "the other kernel gets memory that this kernel itself lies in (--mem-min, --mem-max): it has no /proc/vmcore of this one")
        }
        return warnings + destination.memoryMap.warnings + options.consoleWarnings(request, on: host)
    }
}
