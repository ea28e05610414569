import ByteStorage
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// The segments that start an ELF file which is no Linux kernel (--args-elf, --args-none): the file
/// where it is linked to run, the ELF boot notes that it is given, and purgatory.
///
/// A 64-bit file is called like a function of C, with the notes as its argument, and may return
/// where this kernel keeps its context. A 32-bit one is entered without paging, with the notes as
/// the argument on its stack.
struct ProgramLoad {
    private let request: LoadRequest
    private let options: X86_64.Options
    private let host: HostState
    private let program: ELFKernel
    /// Empty for none.
    private let notes: [UInt8]
    /// All that the program has, where this kernel keeps its context and limits were given.
    private let sharedMemory: SharedMemory?
    /// What a kernel that has the whole machine would take for RAM.
    private let memoryMap: MemoryMap
    private let usableMemory: [PhysicalRange]

    init(_ request: LoadRequest, _ options: X86_64.Options, on host: HostState) throws(PlanError) {
        self.request = request
        self.options = options
        self.host = host
        let option = options.arguments == .notes ? "--args-elf" : "--args-none"
        let name = request.kernel.name
        guard request.purpose == .reboot else {
            throw .entry(option, "such a file is started by a reboot only: it cannot learn which memory a crash kernel may use")
        }
        guard options.entry == nil else { throw .entry(option, "an ELF file has no other entry than its own (--entry-32bit, --real-mode)") }
        guard request.initrd == nil else { throw .entry(option, "an initrd is for kernels that are loaded with --args-linux") }
        let file = request.kernel.contents.bytes
        guard file.withSpan({ KernelFormat.detect($0) }) == .elf else { throw .entry(option, "\(name) is no ELF file") }
        do { program = try ELFKernel(file, for: .x86) } catch { throw .kernel(name, error) }
        guard program.elfClass == .elf64 || !request.preservesContext else {
            throw .entry("--load-preserve-context", "\(name) is a 32-bit ELF file, and nothing leads back from 32-bit mode")
        }
        if request.commandLine.bytes.contains(0) { throw .commandLineHasNUL }
        notes = options.arguments == .notes ? ELFBootNotes.bytes(commandLine: request.commandLine) : []
        // Without limits it is trusted to stay within its segments.
        sharedMemory = request.preservesContext && request.memoryWindow != nil ? try SharedMemory(request, on: host) : nil
        // Code that is no kernel may be linked to low memory; the first page holds the BIOS' data.
        let firstPage = PhysicalRange(start: PhysicalAddress(0), size: .page)
        memoryMap = sharedMemory.map { MemoryMap.forGuest(host, ram: $0.all) } ?? MemoryMap.forReboot(host)
        usableMemory = sharedMemory?.all ?? host.memoryForReboot(in: memoryMap.ram, without: [firstPage].compactMap { $0 })
    }

    func draft() throws(PlanError) -> LoadDraft {
        var purgatory = PurgatoryImage.x86_64
        let places = try Placement.place(
            try placements(purgatory), in: usableMemory, limitedTo: sharedMemory == nil ? request.memoryWindow : nil)
        let start = try places.memory(.kernel).start
        var segments = try program.pieces.segments(at: start)
        if !notes.isEmpty {
            segments.append(PlacedSegment(role: .bootParameters, memory: try places.memory(.bootParameters), contents: Bytes(notes)))
        }
        let purgatoryMemory = try places.memory(.purgatory)
        if let sharedMemory { segments += sharedMemory.backup(besides: segments.map(\.memory) + [purgatoryMemory]) }
        purgatory.setEntry(
            program.elfClass == .elf64 ? .called : .bits32, at: start.rawValue &+ program.entry.rawValue,
            bootParameters: PhysicalAddress(0))
        purgatory.set(PurgatoryX86_64.argument, to: places[.bootParameters]?.start.rawValue ?? 0)
        if request.preservesContext { purgatory.setIsCalled() }
        purgatory.setConsole(request, options)
        return LoadDraft(
            segments: segments, purgatory: purgatory, purgatoryMemory: purgatoryMemory,
            commandLine: notes.isEmpty ? KernelCommandLine("") : request.commandLine, usableMemory: usableMemory,
            nextKernelRAM: memoryMap.ram,
            warnings: warnings)
    }

    private func placements(_ purgatory: PurgatoryImage) throws(PlanError) -> [PlacementRequest] {
        let reach = PhysicalRange(start: Layout.lowestKernel, end: Layout.fourGibibytes)
        var placements = [
            PlacementRequest(
                role: .kernel, size: program.memorySize, alignment: program.alignment,
                within: program.isRelocatable ? reach : nil, preferred: program.isRelocatable ? nil : program.start,
                isFixed: !program.isRelocatable),
            PlacementRequest(role: .purgatory, size: purgatory.memorySize, within: reach),
        ]
        if let size = ByteCount(notes.count).alignedUp(to: .page), size > .zero {
            placements.append(PlacementRequest(role: .bootParameters, size: size, within: reach))
        }
        return placements
    }

    private var warnings: [String] {
        let unheard = notes.isEmpty && !request.commandLine.bytes.isEmpty
        return request.warnings + memoryMap.warnings + options.consoleWarnings(request, on: host)
            + (unheard ? ["--args-none: \(request.kernel.name) is given nothing, no command line either"] : [])
    }
}
