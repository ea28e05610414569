import ByteStorage
import DeviceTree
import HostState
import KernelImage
import LinuxLoad
import LoadPlan
import PhysicalMemory
import Purgatory

extension AArch64 {
    /// The segments that start a kernel, their contents and their places.
    ///
    /// The kernel first (see `KernelPlace`); then, from the top of memory down: elfcorehdr (for a crash),
    /// device tree, purgatory, initrd.
    struct Load {
        private let architecture = AArch64()
        private let request: LoadRequest
        private let host: HostState
        private let kernel: Kernel
        private let tree: DeviceTree
        private let console: Console?
        private let elfcorehdr: ElfcorehdrSegment?
        private let usableMemory: [PhysicalRange]

        init(_ request: LoadRequest, on host: HostState) throws(PlanError) {
            self.request = request
            self.host = host
            kernel = try Kernel(request, for: architecture)
            if let initrd = request.initrd, initrd.contents.count == 0 { throw .emptyInitrd(initrd.name) }
            tree = try Self.bootTree(request, host)
            console = try Console.find(request, tree)
            switch request.purpose {
            case .crash:
                guard !kernel.header.isBigEndian else {
                    throw .unsuitable(request.kernel.name, "a big-endian kernel cannot read the elfcorehdr of a little-endian one")
                }
                guard let region = host.crashRegions.last else { throw .noCrashRegion(host.crashRegionSource) }
                usableMemory = [region].wholeBlocks(of: Layout.block)
                elfcorehdr = try ElfcorehdrSegment(
                    try AArch64.elfcorehdr(host, machine: architecture.machine.elfMachine), capacity: nil, pageSize: architecture.pageSize)
            case .reboot:
                // What is reserved within RAM belongs to firmware, and the new kernel leaves it alone, too.
                let reserved = host.ioMemory.ranges(named: "reserved").subtracting(KernelPlace.runningKernel(host).map { [$0] } ?? [])
                usableMemory = host.systemRAM.subtracting(host.crashRegions + reserved).wholeBlocks(of: Layout.block)
                elfcorehdr = nil
            }
            guard !usableMemory.isEmpty else { throw .rule(nil, "\(host.crashRegionSource) shows no 2 MiB of free memory") }
        }

        private static func bootTree(_ request: LoadRequest, _ host: HostState) throws(PlanError) -> DeviceTree {
            if let given = request.deviceTree { return given.contents }
            if let blob = host.bootDeviceTree {
                do { return try DeviceTree(blob.span) } catch { throw .deviceTree(error) }
            }
            guard let tree = host.deviceTree else {
                throw .missingFact(host.root.file(HostState.bootDeviceTreeName), "the machine to its kernel")
            }
            return tree
        }

        func draft() throws(PlanError) -> LoadDraft {
            if request.commandLine.bytes.contains(0) { throw .commandLineHasNUL }
            guard request.commandLine.bytes.count <= Layout.commandLineLimit else {
                throw .commandLineTooLong(request.commandLine.bytes.count, limit: Layout.commandLineLimit)
            }
            let purgatory = PurgatoryImage.aarch64
            let places = try place(purgatory)
            let kernelStart = try kernelStart(places)
            var segments = try kernelSegments(at: kernelStart, within: try places.memory(.kernel))
            segments.append(PlacedSegment(role: .fdt, memory: try places.memory(.fdt), contents: Bytes(try flattenedTree(places))))
            if let elfcorehdr {
                segments.append(PlacedSegment(role: .elfcorehdr, memory: try places.memory(.elfcorehdr), contents: Bytes(elfcorehdr.bytes)))
            }
            if let initrd = request.initrd {
                segments.append(PlacedSegment(role: .initrd, memory: try places.memory(.initrd), contents: initrd.contents))
            }
            return LoadDraft(
                segments: segments, purgatory: try told(purgatory, kernelStart, places), purgatoryMemory: try places.memory(.purgatory),
                commandLine: request.commandLine, usableMemory: usableMemory, warnings: warnings)
        }

        // MARK: - Places

        private func place(_ purgatory: PurgatoryImage) throws(PlanError) -> [SegmentRole: PhysicalRange] {
            let treeSize = ByteCount(try flattenedTree([:]).count)
            guard treeSize <= Layout.largestTree else {
                throw .rule(.fdt, "its \(treeSize) are more than the \(Layout.largestTree) that the kernel maps of it")
            }
            let sizes: [(SegmentRole, ByteCount)] = [
                (.kernel, ByteCount(kernel.header.textOffset.rawValue + kernel.header.memorySize.rawValue)),
                (.elfcorehdr, elfcorehdr?.size ?? .zero),
                (.fdt, treeSize),
                (.purgatory, purgatory.memorySize),
                (.initrd, ByteCount(request.initrd?.contents.count ?? 0)),
            ]
            let memory = request.memoryWindow.map { usableMemory.clipped(to: $0) } ?? usableMemory
            var wishes: [PlacementWish] = []
            var reach: PhysicalRange?
            for (role, size) in sizes where size > .zero {
                guard let pages = size.alignedUp(to: architecture.pageSize) else { throw .rule(role, "its \(size) are too much") }
                var wish = PlacementWish(role: role, size: pages, alignment: architecture.pageSize)
                if role == .kernel {
                    wish.alignment = ARM64Image.baseAlignment
                    let place = KernelPlace(of: pages, kernel.header, request.purpose, in: memory, on: host)
                    wish.preferred = place?.start
                    reach = place?.initrdReach
                } else if role == .initrd {
                    wish.within = reach
                }
                wishes.append(wish)
            }
            return try Placement.place(wishes, in: usableMemory, limitedTo: request.memoryWindow)
        }

        private func kernelStart(_ places: [SegmentRole: PhysicalRange]) throws(PlanError) -> PhysicalAddress {
            guard let start = try places.memory(.kernel).start.advanced(by: kernel.header.textOffset) else {
                throw .rule(.kernel, "it reaches beyond the address space")
            }
            return start
        }

        /// Each piece with the memory up to the next; the last one has all that the kernel needs.
        private func kernelSegments(
            at start: PhysicalAddress, within memory: PhysicalRange
        ) throws(PlanError) -> [PlacedSegment] {
            var segments: [PlacedSegment] = []
            for (index, piece) in kernel.pieces.enumerated() {
                let next = index + 1 < kernel.pieces.count ? start.advanced(by: kernel.pieces[index + 1].offset) : memory.end
                guard let begin = start.advanced(by: piece.offset), let next, let place = PhysicalRange(start: begin, end: next) else {
                    throw .rule(.kernel, "it reaches beyond its image_size")
                }
                segments.append(PlacedSegment(role: .kernel, memory: place, contents: piece.contents))
            }
            return segments
        }

        // MARK: - Contents

        private func flattenedTree(_ places: [SegmentRole: PhysicalRange]) throws(PlanError) -> [UInt8] {
            let somewhere = usableMemory.first
            let initrd = request.initrd.flatMap { initrd in
                (places[.initrd] ?? somewhere).flatMap { PhysicalRange(start: $0.start, size: ByteCount(initrd.contents.count)) }
            }
            let header = elfcorehdr.flatMap { _ in places[.elfcorehdr] ?? somewhere }
            // The region that segments are in first; the other one is for devices that reach no higher.
            let regions = request.purpose == .crash ? Array(host.crashRegions.reversed()) : []
            do throws(DeviceTreeError) {
                return try NewTree.make(
                    changing: tree, commandLine: request.commandLine, initrd: initrd, elfcorehdr: header,
                    crashRegions: regions, seed: request.rngSeed
                ).flattened()
            } catch {
                throw .deviceTree(error)
            }
        }

        // MARK: - Purgatory

        private func told(
            _ purgatory: PurgatoryImage, _ kernelStart: PhysicalAddress, _ places: [SegmentRole: PhysicalRange]
        ) throws(PlanError) -> PurgatoryImage {
            let reset = try resetCall()
            if request.onMismatch == .reset, request.checksDigest, reset == nil {
                throw .entry("--on-mismatch=reset", "purgatory resets a machine by PSCI, which its device tree does not name")
            }
            var told = purgatory
            told.set(PurgatoryAArch64.kernelEntry, to: kernelStart.rawValue)
            told.set(PurgatoryAArch64.fdt, to: places[.fdt]?.start.rawValue ?? 0)
            told.set(PurgatoryAArch64.caches, to: request.purgatoryUsesCaches ? 1 : 0)
            told.set(PurgatoryAArch64.uartKind, to: console?.kind.rawValue ?? 0)
            told.set(PurgatoryAArch64.uart, to: console?.registers ?? 0)
            told.set(PurgatoryAArch64.psci, to: reset ?? 0)
            return told
        }

        /// As in Purgatory/aarch64/parameters_aarch64.h; nil where firmware has no such call.
        private func resetCall() throws(PlanError) -> UInt32? {
            do throws(DeviceTreeError) {
                return try tree.node("/psci")?.string("method").flatMap { ["hvc": 1, "smc": 2][$0] }
            } catch {
                throw .deviceTree(error)
            }
        }

        // MARK: - Warnings

        private var warnings: [String] {
            guard request.checksDigest, console == nil else { return request.warnings }
            return request.warnings + [
                "neither earlycon= nor stdout-path names a UART that purgatory knows: it cannot report a failed check (see --serial)"
            ]
        }
    }
}

extension [PhysicalRange] {
    /// What is left when every range begins and ends with a whole block.
    fileprivate func wholeBlocks(of size: ByteCount) -> [PhysicalRange] {
        normalized().compactMap { range in
            range.start.alignedUp(to: size).flatMap { PhysicalRange(start: $0, end: range.end.alignedDown(to: size)) }
        }
    }
}
