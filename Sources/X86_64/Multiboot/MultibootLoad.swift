import ByteStorage
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

/// The segments that start a multiboot image, their contents and their places.
///
/// The image lies where it demands to. Above the first MiB, as low as there is room, follow what it
/// is handed (in the role of bootParameters) and its modules: early code of many kernels maps little
/// more than their own surroundings. Purgatory is at the top, below 4 GiB.
struct MultibootLoad {
    private let request: LoadRequest
    private let options: X86_64.Options
    private let host: HostState
    private let image: MultibootImage
    private let memoryMap: MemoryMap
    private let usableMemory: [PhysicalRange]

    init(
        _ request: LoadRequest, _ options: X86_64.Options, version: MultibootImage.Version, on host: HostState
    ) throws(PlanError) {
        self.request = request
        self.options = options
        self.host = host
        guard request.purpose == .reboot else {
            throw .unsuitable(
                request.kernel.name, "a multiboot image is started by a reboot only: it cannot learn which memory a crash kernel may use")
        }
        guard !request.preservesContext else {
            throw .entry("--load-preserve-context", "a multiboot image is given all memory, this kernel's too")
        }
        guard request.initrd == nil else {
            throw .unsuitable(request.kernel.name, "a multiboot image takes modules (--module), no initrd")
        }
        guard options.entry != .realMode else {
            throw .entry("--real-mode", "\(request.kernel.name) is a multiboot image, which is entered in 32-bit mode")
        }
        do throws(MultibootError) {
            image = try MultibootImage(request.kernel.contents.bytes, version: version)
        } catch {
            throw .kernel(request.kernel.name, .multiboot(error))
        }
        for module in options.modules where module.file.contents.count == 0 { throw .unsuitable(module.file.name, "the module is empty") }
        // Unlike a Linux kernel's, parts of an image may want to lie in the first 640 KiB.
        guard let reach = PhysicalRange(start: PhysicalAddress(0), end: Layout.fourGibibytes) else { throw .rule(nil, "no memory") }
        memoryMap = MemoryMap.forReboot(host)
        let memory = host.memoryForReboot(in: memoryMap.ram, without: []).clipped(to: reach)
        usableMemory = request.memoryWindow.map { memory.clipped(to: $0) } ?? memory
    }

    func draft() throws(PlanError) -> LoadDraft {
        var purgatory = PurgatoryImage.x86_64
        guard !commandLine.bytes.contains(0) else { throw .commandLineHasNUL }
        var free = FreeMemory(usableMemory)
        let base = try placeImage(&free)
        var segments: [PlacedSegment] = []
        for pages in try MultibootPages.all(of: image, at: base) {
            segments.append(PlacedSegment(role: .kernel, memory: pages.memory, contents: try pages.contents(of: image.file)))
        }
        let room = try information(bootInformation(base, modules: options.modules.map { _ in nil }), at: Layout.lowestKernel)
        let informationMemory = try place(.bootParameters, size: ByteCount(room.count), &free)
        var modules: [PhysicalRange] = []
        for module in options.modules {
            let memory = try place(.module, size: ByteCount(module.file.contents.count), &free)
            segments.append(PlacedSegment(role: .module, memory: memory, contents: module.file.contents))
            modules.append(memory)
        }
        segments.append(
            PlacedSegment(
                role: .bootParameters, memory: informationMemory,
                contents: Bytes(try information(bootInformation(base, modules: modules), at: informationMemory.start))))
        guard let purgatoryMemory = free.takeHighest(size: purgatory.memorySize, alignment: .page, within: aboveFirstMebibyte)
        else { throw doesNotFit(.purgatory, purgatory.memorySize) }
        try setParameters(&purgatory, imageAt: base, information: informationMemory.start)
        return LoadDraft(
            segments: segments, purgatory: purgatory, purgatoryMemory: purgatoryMemory, commandLine: commandLine,
            usableMemory: usableMemory, nextKernelRAM: memoryMap.ram, warnings: warnings)
    }

    // MARK: - Places

    private var aboveFirstMebibyte: PhysicalRange? { PhysicalRange(start: Layout.lowestKernel, end: Layout.fourGibibytes) }

    /// Takes the image's pages out of what is free, and returns where its first byte is loaded.
    private func placeImage(_ free: inout FreeMemory) throws(PlanError) -> PhysicalAddress {
        guard let relocation = image.relocation else {
            for pages in try MultibootPages.all(of: image, at: image.memory.start) where !free.take(pages.memory) {
                throw .rule(.kernel, "the image must lie at \(pages.memory), which is not all RAM that can be used")
            }
            return image.memory.start
        }
        let isAtHome = relocation.window.contains(image.memory) && image.memory.start.isAligned(to: relocation.alignment)
        if relocation.preference == .none, isAtHome {
            var rest = free
            let pages = try MultibootPages.all(of: image, at: image.memory.start)
            if pages.allSatisfy({ rest.take($0.memory) }) {
                free = rest
                return image.memory.start
            }
        }
        guard let size = image.memory.size.alignedUp(to: .page),
            let window = aboveFirstMebibyte.flatMap({ $0.intersection(relocation.window) })
        else { throw .rule(.kernel, "the image must lie within \(relocation.window), where the first MiB is not for it") }
        let alignment = max(relocation.alignment, .page)
        let place =
            relocation.preference == .highest
            ? free.takeHighest(size: size, alignment: alignment, within: window)
            : free.takeLowest(size: size, alignment: alignment, within: window)
        guard let place else { throw .rule(.kernel, "the image of \(size) finds no place within \(window), where it must lie") }
        return place.start
    }

    private func place(_ role: SegmentRole, size: ByteCount, _ free: inout FreeMemory) throws(PlanError) -> PhysicalRange {
        guard let pages = size.alignedUp(to: .page),
            let place = free.takeLowest(size: pages, alignment: .page, within: aboveFirstMebibyte)
        else { throw doesNotFit(role, size) }
        return place
    }

    private func doesNotFit(_ role: SegmentRole, _ size: ByteCount) -> PlanError {
        let remedy: SpaceShortage.Remedy = request.memoryWindow == nil ? .none : .widerLimits
        return .doesNotFit(SpaceShortage(role: role, size: size, memory: usableMemory, remedy: remedy))
    }

    // MARK: - Boot information

    private var commandLine: KernelCommandLine {
        var line = KernelCommandLine(request.kernel.name)
        line.append(request.commandLine)
        return line
    }

    /// - Parameter modules: their places; nil for those that have none yet
    private func bootInformation(_ base: PhysicalAddress, modules: [PhysicalRange?]) throws(PlanError) -> BootInformation {
        guard let anywhere = Layout.firstMebibyte else { throw .rule(.bootParameters, "no memory") }
        return BootInformation(
            commandLine: commandLine, memoryMap: memoryMap.entries,
            modules: zip(options.modules, modules).map { module, place in
                BootInformation.Module(memory: place ?? anywhere, size: ByteCount(module.file.contents.count), text: module.text)
            },
            acpiRoot: options.acpiRoot, loadBase: image.relocation == nil ? nil : base)
    }

    private func information(_ content: BootInformation, at start: PhysicalAddress) throws(PlanError) -> [UInt8] {
        do {
            switch image.version {
            case .one: return try MultibootInformation(content, at: start).bytes()
            case .two: return try Multiboot2Information.bytes(content)
            }
        } catch {
            throw .rule(.bootParameters, "\(error)")
        }
    }

    // MARK: - Purgatory

    private func setParameters(
        _ purgatory: inout PurgatoryImage, imageAt base: PhysicalAddress, information: PhysicalAddress
    ) throws(PlanError) {
        // The entry lies within the image, below 4 GiB wherever that is.
        let entry = base.rawValue &+ (image.entry.rawValue &- image.memory.start.rawValue)
        purgatory.setEntry(.bits32, at: entry, bootParameters: information)
        purgatory.set(PurgatoryX86_64.eax, to: image.version.bootMagic)
        purgatory.set(PurgatoryX86_64.ebx, to: UInt32(truncatingIfNeeded: information.rawValue))
        purgatory.setConsole(request, options)
    }

    // MARK: - Warnings

    private var warnings: [String] {
        request.warnings + [lacksACPIRoot].compactMap { $0 } + image.unmetRequests.map { "the image requests \($0), which it is not given" }
            + memoryMap.warnings + options.consoleWarnings(request, on: host)
    }

    private var lacksACPIRoot: String? {
        guard image.version == .two, options.acpiRoot == nil, let address = host.acpiRootAddress else { return nil }
        return
            "ACPI's root pointer at \(address.hex) cannot be read from \(host.root.file(ACPIRootPointer.name)) (iomem=relaxed may help): the image is not given it"
    }
}
