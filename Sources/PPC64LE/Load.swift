import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

extension PPC64LE {
    /// The segments that start a kernel, their contents and their places.
    ///
    /// The kernel lies at the bottom; from the top of memory down: device tree, elfcorehdr and backup
    /// (for a crash), purgatory, initrd.
    struct Load {
        private let architecture = PPC64LE()
        private let request: LoadRequest
        private let host: HostState
        private let running: DeviceTree
        private let firmware: Firmware
        private let kernel: Kernel
        /// Of a crash.
        private let facts: DumpFacts?
        private let usableMemory: [PhysicalRange]

        init(_ request: LoadRequest, on host: HostState) throws(PlanError) {
            self.request = request
            self.host = host
            kernel = try Kernel(request, for: architecture)
            if let initrd = request.initrd, initrd.contents.count == 0 { throw .emptyInitrd(initrd.name) }
            guard let tree = host.deviceTree else {
                throw .missingFact(host.root.file(HostState.deviceTreeName), "the machine to its kernel")
            }
            running = request.deviceTree?.contents ?? tree
            do { firmware = try Firmware(tree) } catch { throw .deviceTree(error) }
            facts = request.purpose == .crash ? try DumpFacts(host) : nil
            usableMemory = try Self.usableMemory(request, host, firmware, kernel)
        }

        func draft() throws(PlanError) -> LoadDraft {
            let purgatory = PurgatoryImage.ppc64le
            let places = try place(purgatory)
            let commandLine = try commandLine(elfcorehdr: places[.elfcorehdr]?.start)
            guard commandLine.bytes.count <= Layout.commandLineLimit else {
                throw .commandLineTooLong(commandLine.bytes.count, limit: Layout.commandLineLimit)
            }
            var segments = try kernelSegments(at: try places.memory(.kernel).start)
            segments.append(
                PlacedSegment(
                    role: .fdt, memory: try places.memory(.fdt), contents: Bytes(try deviceTree(commandLine, places))))
            if let elfcorehdr = try elfcorehdr(backup: places[.backup]?.start ?? PhysicalAddress(0)) {
                segments.append(PlacedSegment(role: .elfcorehdr, memory: try places.memory(.elfcorehdr), contents: Bytes(elfcorehdr.bytes)))
                segments.append(PlacedSegment(role: .backup, memory: try places.memory(.backup), contents: Bytes([])))
            }
            if let initrd = request.initrd {
                segments.append(PlacedSegment(role: .initrd, memory: try places.memory(.initrd), contents: initrd.contents))
            }
            return LoadDraft(
                segments: segments, purgatory: try told(purgatory, places), purgatoryMemory: try places.memory(.purgatory),
                commandLine: commandLine, usableMemory: usableMemory, warnings: try warnings())
        }

        private func kernelSegments(at start: PhysicalAddress) throws(PlanError) -> [PlacedSegment] {
            var segments: [PlacedSegment] = []
            for piece in kernel.image.pieces {
                guard let start = start.advanced(by: piece.offset), let memory = PhysicalRange(start: start, size: piece.memorySize)
                else { throw .rule(.kernel, "it reaches beyond the address space") }
                segments.append(PlacedSegment(role: .kernel, memory: memory, contents: piece.contents))
            }
            return segments
        }

        // MARK: - Places

        /// Where segments may be: what the kernel accepts, and what can be reached with the MMU off.
        private static func usableMemory(
            _ request: LoadRequest, _ host: HostState, _ firmware: Firmware, _ kernel: Kernel
        ) throws(PlanError) -> [PhysicalRange] {
            var memory: [PhysicalRange]
            switch request.purpose {
            case .crash:
                guard let region = host.crashRegions.last else { throw .noCrashRegion(host.crashRegionSource) }
                memory = [region].subtracting(firmware.memory + firmware.reserved)
            case .reboot:
                // A kernel that is not a crash kernel moves itself to address 0, where the running one
                // is: both must not reach into what is loaded.
                let low = PhysicalRange(
                    start: PhysicalAddress(0),
                    end: max(firmware.kernelEnd ?? PhysicalAddress(0), PhysicalAddress(kernel.image.memorySize.rawValue)))
                memory = host.systemRAM.subtracting(
                    host.crashRegions + firmware.memory + firmware.reserved + [firmware.hashTable, low].compactMap { $0 })
            }
            if let reachable = firmware.realModeMemory { memory = memory.clipped(to: reachable) }
            guard !memory.isEmpty else {
                throw .rule(nil, "no memory is left for an image beside what firmware and the running kernel have")
            }
            return memory
        }

        /// Sizes are known before addresses are: those in the tree have a fixed width, and the command
        /// line is made as long as it can become.
        private func place(_ purgatory: PurgatoryImage) throws(PlanError) -> [SegmentRole: PhysicalRange] {
            let pageSize = architecture.pageSize
            let elfcorehdr = try elfcorehdr(backup: PhysicalAddress(0))
            let longest = try commandLine(elfcorehdr: elfcorehdr.map { _ in usableMemory.last?.last ?? PhysicalAddress(0) })
            let tree = try newTree(longest, [:])
            let room = try isHotplug ? tree.roomForCPUs(possible: host.possibleCPUs).adding(Self.roomForChanges) : .zero
            guard let treeSize = ByteCount(try tree.flattened().count).adding(room ?? ByteCount(.max as UInt64)) else {
                throw .rule(.fdt, "it needs more room than there is")
            }
            let sizes: [(SegmentRole, ByteCount)] = [
                (.kernel, kernel.image.memorySize),
                (.fdt, treeSize),
                (.elfcorehdr, elfcorehdr?.size ?? .zero),
                (.backup, elfcorehdr == nil ? .zero : Layout.lowMemory),
                (.purgatory, purgatory.memorySize),
                (.initrd, ByteCount(request.initrd?.contents.count ?? 0)),
            ]
            var wishes: [PlacementWish] = []
            for (role, size) in sizes where size > .zero {
                guard let pages = size.alignedUp(to: pageSize) else { throw .rule(role, "its \(size) are too much") }
                var wish = PlacementWish(role: role, size: pages, alignment: pageSize)
                if role == .kernel {
                    wish.alignment = max(pageSize, kernel.image.alignment)
                    wish.preferred = usableMemory.first?.start.alignedUp(to: wish.alignment)
                }
                wishes.append(wish)
            }
            return try Placement.place(wishes, in: usableMemory, limitedTo: request.memoryWindow)
        }

        private var isHotplug: Bool { request.hotplug && request.purpose == .crash }

        /// For what else changes in the nodes of CPUs: caches that come with them, other properties.
        private static let roomForChanges = ByteCount.kibibytes(4)

        // MARK: - Contents

        private func elfcorehdr(backup: PhysicalAddress) throws(PlanError) -> ElfcorehdrSegment? {
            guard let facts else { return nil }
            let header = try PPC64LE.elfcorehdr(host, facts, firmware: firmware, backup: backup, machine: architecture.machine.elfMachine)
            return try ElfcorehdrSegment(
                header, capacity: isHotplug ? host.elfcorehdrCapacity : nil, pageSize: architecture.pageSize)
        }

        private func commandLine(elfcorehdr: PhysicalAddress?) throws(PlanError) -> KernelCommandLine {
            var line = request.commandLine
            if line.bytes.contains(0) { throw .commandLineHasNUL }
            let root = request.takesOldRoot && !line.contains("root") ? KernelCommandLine(host.commandLine ?? []).last("root") : nil
            if root != nil || elfcorehdr != nil, line.hasOpenQuote { throw .commandLineHasOpenQuote }
            // As kexec-tools does it here, and nowhere else: boot loaders of this platform rely on it.
            if let root { line.add(root) }
            guard let elfcorehdr else { return line }
            line.add(KernelCommandLine("elfcorehdr=\(elfcorehdr)"))
            return line
        }

        /// With hotplug, totalsize covers the whole segment: the kernel adds nodes up to there.
        private func deviceTree(
            _ commandLine: KernelCommandLine, _ places: [SegmentRole: PhysicalRange]
        ) throws(PlanError) -> [UInt8] {
            let tree = try newTree(commandLine, places)
            guard isHotplug else { return try tree.flattened() }
            let size = try places.memory(.fdt).size.rawValue
            let used = UInt64(try tree.flattened().count)
            guard used <= size else { throw .rule(.fdt, "it outgrew its place") }
            return try tree.flattened(extraRoom: ByteCount(size - used))
        }

        private func newTree(
            _ commandLine: KernelCommandLine, _ places: [SegmentRole: PhysicalRange]
        ) throws(PlanError) -> NewTree {
            let somewhere = PhysicalRange(start: PhysicalAddress(0), size: .page)
            func memory(_ role: SegmentRole) -> PhysicalRange? { places[role] ?? somewhere }
            let initrd = request.initrd.flatMap { initrd in
                memory(.initrd).flatMap { PhysicalRange(start: $0.start, size: ByteCount(initrd.contents.count)) }
            }
            var reservations = [memory(.fdt), initrd].compactMap { $0 } + firmware.memory
            if request.purpose == .crash, let region = host.crashRegions.last {
                // The crashed kernel's memory below the region; low memory has been saved.
                let crashed = PhysicalRange(start: PhysicalAddress(Layout.lowMemory.rawValue), end: region.start)
                reservations = [crashed, memory(.backup), memory(.elfcorehdr)].compactMap { $0 } + reservations
            }
            var tree = try NewTree(
                changing: running, commandLine: commandLine, initrd: initrd, reservations: reservations, rngSeed: request.rngSeed)
            if request.purpose == .crash, let region = host.crashRegions.last {
                // From 0 on, since kernels want memory there to begin with.
                let own = PhysicalRange(start: PhysicalAddress(0), end: region.end)
                try tree.limitMemory(to: ([own].compactMap { $0 } + firmware.memory).normalized())
            }
            return tree
        }

        // MARK: - Purgatory

        private func told(
            _ purgatory: PurgatoryImage, _ places: [SegmentRole: PhysicalRange]
        ) throws(PlanError) -> PurgatoryImage {
            let isCrash = request.purpose == .crash
            let kernelStart = try places.memory(.kernel).start.rawValue
            let head = try kernel.head(staysInPlace: isCrash)
            if request.onMismatch == .reset, request.checksDigest { try requireReset(try places.memory(.purgatory)) }
            var told = purgatory
            told.set(PurgatoryPPC64LE.kernelHead, to: head)
            told.set(PurgatoryPPC64LE.kernel, to: kernelStart)
            told.set(PurgatoryPPC64LE.runAtLoad, to: isCrash ? 1 : 0)
            told.set(PurgatoryPPC64LE.fdt, to: places[.fdt]?.start.rawValue ?? 0)
            told.set(PurgatoryPPC64LE.backup, to: places[.backup]?.start.rawValue ?? 0)
            told.set(PurgatoryPPC64LE.opalBase, to: firmware.opal?.memory.start.rawValue ?? 0)
            told.set(PurgatoryPPC64LE.opalEntry, to: firmware.opal?.entry ?? 0)
            told.set(PurgatoryPPC64LE.vectorSha, to: firmware.hasVectorSHA ? 1 : 0)
            told.set(PurgatoryPPC64LE.hasTerminal, to: firmware.terminal == nil ? 0 : 1)
            told.set(PurgatoryPPC64LE.terminal, to: firmware.terminal ?? 0)
            told.set(PurgatoryPPC64LE.rtasBase, to: UInt32(clamping: firmware.rtas?.memory.start.rawValue ?? 0))
            told.set(PurgatoryPPC64LE.rtasEntry, to: firmware.rtas?.entry ?? 0)
            told.set(PurgatoryPPC64LE.rtasReboot, to: firmware.rtas?.rebootToken ?? 0)
            return told
        }

        private func requireReset(_ purgatory: PhysicalRange) throws(PlanError) {
            guard firmware.rtas?.rebootToken != nil else {
                throw .entry("--on-mismatch=reset", "purgatory resets a machine by RTAS, which this one does not have")
            }
            guard purgatory.end <= Layout.fourGibibytes else {
                throw .entry("--on-mismatch=reset", "purgatory at \(purgatory) cannot call RTAS, which lives below 4 GiB")
            }
        }

        // MARK: - Warnings

        private func warnings() throws(PlanError) -> [String] {
            var warnings = request.warnings
            if let warning = try elfcorehdr(backup: PhysicalAddress(0))?.warning { warnings.append(warning) }
            if request.checksDigest, firmware.terminal == nil {
                warnings.append("the device tree names no console of a hypervisor: purgatory cannot report a failed check")
            }
            return warnings
        }
    }
}
