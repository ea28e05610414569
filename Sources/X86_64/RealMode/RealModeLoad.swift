import BinaryLayout
import ByteStorage
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import Purgatory

/// The segments that start a bzImage by its real-mode code, as a boot loader of BIOS times would
/// (Documentation/arch/x86/boot.rst). The code asks the BIOS for memory map, video and the rest;
/// the loader hands it the addresses of kernel, initrd and command line.
///
/// Below 0x9a000 lie realMode and purgatory, which returns to real mode; kernel and initrd lie
/// where the boot protocol wants them.
struct RealModeLoad {
    /// The real-mode code's 64 KiB (boot.rst, "Sample Boot Configuration").
    private enum Segment {
        static let size = ByteCount.kibibytes(64)
        /// Boot sector and setup code; the heap begins behind them.
        static let codeLimit = 0x8000
        /// Stack and heap end here, the command line begins.
        static let heapEnd = 0xe000
        /// heap_end_ptr leaves the stack this much.
        static let stackSize = 0x200
        static let commandLineRoom = 0x1_0000 - heapEnd
        /// The setup code is entered here, behind the boot sector.
        static let entry = 0x200
    }
    /// loadflags: heap_end_ptr is valid.
    private static let canUseHeap: UInt8 = 0x80

    private let request: LoadRequest
    private let options: X86_64.Options
    private let host: HostState
    private let image: BzImage
    private let kernelWindow: PhysicalRange
    private let memoryMap: MemoryMap
    private let usableMemory: [PhysicalRange]

    init(_ request: LoadRequest, _ options: X86_64.Options, on host: HostState) throws(PlanError) {
        guard request.purpose == .reboot else {
            throw .entry(
                "--real-mode", "a crash kernel is not entered in real mode: that needs memory below 1 MiB, which is the crashed kernel's")
        }
        guard !request.preservesContext else {
            throw .entry(
                "--real-mode",
                "a kernel that is entered in real mode asks the BIOS for memory, and takes all of it: not with --load-preserve-context")
        }
        guard host.efi == nil else {
            throw .entry("--real-mode", "this machine was started by EFI firmware and has no BIOS for the kernel's real-mode code to ask")
        }
        if let initrd = request.initrd, initrd.contents.count == 0 { throw .emptyInitrd(initrd.name) }
        do { image = try BzImage(request.kernel.contents.bytes, entry: .realMode) } catch {
            throw .kernel(request.kernel.name, error)
        }
        guard image.realMode.count <= Segment.codeLimit else {
            throw .entry(
                "--real-mode",
                "the real-mode code of \(request.kernel.name) has \(image.realMode.count) bytes, \(Segment.codeLimit) are allowed")
        }
        guard let window = PhysicalRange(start: Kernel.lowestPlace(of: image), end: Layout.fourGibibytes) else {
            throw Kernel.isPlacedTooHigh(request, image.preferredAddress)
        }
        kernelWindow = window
        self.request = request
        self.options = options
        self.host = host
        let destination = try Destination(request, on: host)
        // What the BIOS will tell the kernel is what it has told this boot's.
        memoryMap = destination.memoryMap
        let low = [Layout.realModeMemory].compactMap { $0 }.flatMap {
            host.memoryForReboot(in: destination.memoryMap.ram, without: []).clipped(to: $0)
        }
        usableMemory = destination.usableMemory + low
    }

    func draft() throws(PlanError) -> LoadDraft {
        var purgatory = PurgatoryImage.x86_64
        if request.commandLine.bytes.contains(0) { throw .commandLineHasNUL }
        let limit = min(image.commandLineLimit, Segment.commandLineRoom - 1)
        guard request.commandLine.bytes.count <= limit else {
            throw .commandLineTooLong(request.commandLine.bytes.count, limit: limit)
        }
        let places = try Placement.place(placements(purgatory), in: usableMemory.normalized(), limitedTo: request.memoryWindow)
        var segments = [
            PlacedSegment(role: .realMode, memory: try places.memory(.realMode), contents: Bytes(try realMode(places))),
            PlacedSegment(role: .kernel, memory: try places.memory(.kernel), contents: image.protectedMode),
        ]
        if let initrd = request.initrd {
            segments.append(PlacedSegment(role: .initrd, memory: try places.memory(.initrd), contents: initrd.contents))
        }
        let start = try places.memory(.realMode).start.rawValue
        purgatory.setEntry(.realMode, at: start &+ UInt64(Segment.entry), bootParameters: PhysicalAddress(0))
        purgatory.setRealMode(segment: UInt32(truncatingIfNeeded: start >> 4), stack: UInt32(Segment.heapEnd))
        purgatory.setConsole(request, options)
        return LoadDraft(
            segments: segments, purgatory: purgatory, purgatoryMemory: try places.memory(.purgatory),
            commandLine: request.commandLine, usableMemory: usableMemory.normalized(), nextKernelRAM: memoryMap.ram,
            warnings: request.warnings + memoryMap.warnings + options.consoleWarnings(request, on: host))
    }

    private func placements(_ purgatory: PurgatoryImage) -> [PlacementRequest] {
        var placements = [
            PlacementRequest(
                role: .kernel, size: image.memorySize, alignment: image.alignment,
                within: kernelWindow, preferred: Kernel.preferredPlace(of: image),
                isFixed: !image.isRelocatable),
            PlacementRequest(role: .realMode, size: Segment.size, within: Layout.realModeMemory),
            PlacementRequest(role: .purgatory, size: purgatory.memorySize, within: Layout.realModeMemory),
        ]
        if let initrd = request.initrd, let size = ByteCount(initrd.contents.count).alignedUp(to: .page) {
            placements.append(
                PlacementRequest(
                    role: .initrd, size: size, within: PhysicalRange(start: Layout.lowestKernel, last: image.highestInitrdAddress)))
        }
        return placements
    }

    /// Boot sector and setup code with what the loader fills in, then the heap, then the command line.
    private func realMode(_ places: [SegmentRole: PhysicalRange]) throws(PlanError) -> [UInt8] {
        let start = try places.memory(.realMode).start
        let kernel = try places.memory(.kernel).start
        let initrd = try request.initrd.map { (file) throws(PlanError) in
            (start: try places.memory(.initrd).start, size: file.contents.count)
        }
        do throws(TruncatedBytes) {
            var bytes = try image.realMode.withSpan { (span) throws(TruncatedBytes) in
                try span.copy(from: 0, length: span.count, what: "the real-mode code")
            }
            let flags = try bytes.span.read(SetupHeader.loadflags)
            // Every address lies below 4 GiB: the windows of the placements see to it.
            try bytes.write(BootParameters.kexecLoader, to: SetupHeader.typeOfLoader)
            try bytes.write(flags | BootParameters.loadedHigh | Self.canUseHeap, to: SetupHeader.loadflags)
            try bytes.write(UInt16(Segment.heapEnd - Segment.stackSize), to: SetupHeader.heapEndPtr)
            try bytes.write(UInt32(truncatingIfNeeded: kernel.rawValue), to: SetupHeader.code32Start)
            try bytes.write(UInt32(truncatingIfNeeded: start.rawValue) &+ UInt32(Segment.heapEnd), to: SetupHeader.cmdLinePtr)
            try bytes.write(UInt32(truncatingIfNeeded: initrd?.start.rawValue ?? 0), to: SetupHeader.ramdiskImage)
            try bytes.write(UInt32(clamping: initrd?.size ?? 0), to: SetupHeader.ramdiskSize)
            bytes += [UInt8](repeating: 0, count: Segment.heapEnd - bytes.count)
            return bytes + request.commandLine.bytes + [0]
        } catch {
            throw .rule(.realMode, "\(error)")
        }
    }
}

extension PurgatoryImage {
    /// What the real-mode code finds in its data segments and in SP.
    fileprivate mutating func setRealMode(segment: UInt32, stack: UInt32) {
        set(PurgatoryX86_64.realSegment, to: segment)
        set(PurgatoryX86_64.realStack, to: stack)
    }
}
