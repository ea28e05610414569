/// What the kernel checks of any segment (kernel/kexec_core.c, sanity_check_segment_list; kernel/kexec.c).
extension PlanChecker {
    func checkSegments() {
        require(1...16 ~= image.segments.count, "segment-count", "\(image.segments.count)")
        let limit = machine.totalMemory / 2
        var sum: UInt64 = 0
        for segment in image.segments {
            let memory = segment.memory
            require(memory.size > 0, "segment-empty", segment.role)
            let page = machine.architecture.page
            require(memory.start % page == 0 && memory.end % page == 0, "segment-pages", "\(segment.role) \(memory)")
            require(UInt64(segment.bytes.count) <= memory.size, "segment-bufsz", "\(segment.role) \(memory) \(segment.bytes.count)")
            require(memory.size <= limit, "segment-half-of-ram", "\(segment.role) \(memory)")
            sum &+= memory.size
        }
        require(sum <= limit, "segments-half-of-ram", "\(hex(sum)) of \(hex(machine.totalMemory))")
        for (index, segment) in image.segments.enumerated() {
            for other in image.segments[..<index] {
                require(!segment.memory.overlaps(other.memory), "segment-overlap", "\(segment.role) \(segment.memory) \(other.role)")
            }
        }
        // The kernel finds what it rewrites by these (handle_hotplug_event, arch/*/kernel/crash.c).
        for segment in image.segments where request.isCrash {
            let isELF = segment.bytes.starts(at: 0, with: [0x7f, 0x45, 0x4c, 0x46])
            require(isELF == (segment.role == "elfcorehdr"), "magic-elf", segment.role)
            let isTree = segment.bytes.starts(at: 0, with: [0xd0, 0x0d, 0xfe, 0xed])
            require(isTree == (segment.role == "fdt"), "magic-fdt", segment.role)
        }
        // include/uapi/linux/kexec.h
        let wanted = machine.architecture.machine << 16 | (request.isCrash ? 1 : 0) | (request.isCrash && request.hotplug ? 8 : 0)
        require(image.flags == wanted, "flags", hex(image.flags))
        let entered = image.segments.first { $0.memory.start <= image.entry && image.entry < $0.memory.end }
        require(entered?.role == "purgatory", "entry", "\(hex(image.entry)) in \(entered?.role ?? "no segment")")
        require(segments("initrd").map(\.bytes) == (request.initrd.map { [$0] } ?? []), "initrd-bytes", "")
    }

    func checkPlaces() {
        for segment in image.segments {
            let memory = segment.memory
            if let window = request.window { require(window.contains(memory), "window", "\(segment.role) \(memory) in \(window)") }
            if request.isCrash {
                // kimage_is_destination_range and crash_mem of kernel/kexec_core.c
                require(region?.contains(memory) == true, "in-region", "\(segment.role) \(memory)")
                require(machine.reserved.intersection(memory).isEmpty, "crash-not-reserved", "\(segment.role) \(memory)")
            } else {
                require(machine.ram.contains(memory), "in-ram", "\(segment.role) \(memory)")
                // kernel/kexec_file.c, locate_mem_hole_callback
                require(machine.driverManaged.intersection(memory).isEmpty, "not-drivers", "\(segment.role) \(memory)")
                require(machine.reserved.intersection(memory).isEmpty, "not-reserved", "\(segment.role) \(memory)")
                for region in machine.crashRegions {
                    require(!memory.overlaps(region), "not-in-crash-region", "\(segment.role) \(memory)")
                }
            }
        }
    }

    /// The rule that no kernel checks: what is loaded lies in memory that the next kernel has.
    /// - Parameter next: its RAM, by the map that the image hands it
    func checkMemory(ofNextKernel next: AddressSet) {
        for segment in image.segments {
            // A capture kernel reads its elfcorehdr as memory of the old kernel.
            if segment.role == "elfcorehdr", machine.architecture == .x86_64 { continue }
            require(next.contains(segment.memory), "in-next-ram", "\(segment.role) \(segment.memory), RAM \(next)")
        }
        if request.isCrash {
            let region = AddressSet(machine.crashRegions).subtracting(machine.reserved)
            let missing = region.subtracting(next).subtracting(AddressSet(segments("elfcorehdr").map(\.memory)))
            require(missing.isEmpty, "next-has-region", "\(missing)")
            let low = Extent(0, machine.architecture == .x86_64 ? 640 << 10 : machine.architecture == .ppc64le ? 64 << 10 : 0)
            let own = AddressSet(machine.crashRegions).union(machine.crashCMA).union(low).union(machine.firmwareCode)
            let foreign = next.subtracting(own)
            require(foreign.isEmpty, "next-has-no-old-ram", "\(foreign)")
            require(machine.crashCMA.subtracting(next).isEmpty, "next-has-cma", "\(machine.crashCMA.subtracting(next))")
        } else {
            require(
                next.intersection(machine.driverManaged).isEmpty, "next-has-no-drivers-ram", "\(next.intersection(machine.driverManaged))")
        }
    }

    /// SHA-256 over the bytes of what is included, in the order of addresses; purgatory, which has the digest, and what the
    /// kernel may rewrite are left out.
    func checkDigest() {
        require((image.digest != nil) == request.checksDigest, "digest-asked", "")
        guard let digest = image.digest else { return }
        var excluded: Set = ["purgatory"]
        if request.isCrash, request.hotplug {
            excluded.insert("elfcorehdr")
            if machine.architecture == .ppc64le { excluded.insert("fdt") }
        }
        let included = image.segments.sorted { $0.memory.start < $1.memory.start }.filter { !excluded.contains($0.role) }
        require(smallSHA256(included.flatMap(\.bytes)) == digest, "digest", "over \(included.map(\.role))")
        require(segment("purgatory")?.bytes.has(digest) == true, "digest-in-purgatory", "")
    }
}
