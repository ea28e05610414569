/// struct boot_params and what it points to (Documentation/arch/x86/zero-page.rst, boot.rst).
extension PlanChecker {
    /// An entry of the memory map.
    private struct Entry {
        var extent: Extent
        var type: UInt64
    }

    func checkBootParameters() {
        guard let segment = segment("bootParameters"), segment.bytes.count > 4096 else { return missing("boot_params") }
        let page = segment.bytes
        checkCommandLine(segment)
        if let initrd = request.initrd, let place = self.segment("initrd") {
            let start = joined(page, low: 0x218, high: 0x0c0)
            require(start == place.memory.start, "ramdisk-image", hex(start))
            require(joined(page, low: 0x21c, high: 0x0c4) == UInt64(initrd.count), "ramdisk-size", "")
        }
        guard var entries = Self.entries(Array(page[0x2d0..<0x2d0 + 128 * 20].prefix(Int(page[0x1e8]) * 20))) else {
            return missing("the memory map")
        }
        guard let list = setupData(first: page.little(0x250, 8) ?? 0) else { return missing("setup_data") }
        for (type, data) in list where type == 1 {
            guard let more = Self.entries(data) else { return missing("E820_EXT") }
            entries += more
        }
        require(list.filter { $0.type == 9 }.map(\.data.count) == [32], "rng-seed", "")
        checkMap(entries)
    }

    private func joined(_ page: [UInt8], low: Int, high: Int) -> UInt64 { (page.little(low, 4) ?? 0) | (page.little(high, 4) ?? 0) << 32 }

    private func checkCommandLine(_ segment: CheckedSegment) {
        let address = joined(segment.bytes, low: 0x228, high: 0x0c8)
        guard address >= segment.memory.start, let place = Int(exactly: address - segment.memory.start), place < segment.bytes.count,
            let end = segment.bytes[place...].firstIndex(of: 0)
        else { return missing("the command line") }
        if case .bzImage(let kernel) = request.kernel {
            require(UInt64(end - place) <= kernel.commandLineSize, "cmdline-size", "\(end - place)")
        }
        check(commandLine: Array(segment.bytes[place..<end]))
    }

    /// The user's line comes first; a capture kernel finds its elfcorehdr.
    func check(commandLine: [UInt8]) {
        let (parameters, rest) = Self.split(request.commandLine)
        let isKept = commandLine.starts(with: parameters) && commandLine.reversed().starts(with: rest.reversed())
        require(isKept, "cmdline-kept", String(decoding: commandLine, as: UTF8.self))
        guard request.isCrash, [.x86_64, .ppc64le].contains(machine.architecture), let header = segment("elfcorehdr") else { return }
        let words = commandLine.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        require(words.contains("elfcorehdr=\(hex(header.memory.start))"), "cmdline-elfcorehdr", words.joined(separator: " "))
    }

    /// What is for the kernel, and what stands from "--" on, for init.
    private static func split(_ line: [UInt8]) -> (parameters: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
        let place = line.indices.first { line[$0...].starts(with: Array(" -- ".utf8)) }
        return place.map { (line[..<$0], line[$0...]) } ?? (line[...], [])
    }

    private static func entries(_ bytes: [UInt8]) -> [Entry]? {
        guard bytes.count % 20 == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: 20).compactMap { at in
            guard let start = bytes.little(at, 8), let size = bytes.little(at + 8, 8), let type = bytes.little(at + 16, 4) else {
                return nil
            }
            return Entry(extent: Extent(start, start &+ size), type: type)
        }
    }

    /// The list: next, type, length, data.
    private func setupData(first: UInt64) -> [(type: UInt64, data: [UInt8])]? {
        guard let segment = segment("setupData") else { return first == 0 ? [] : nil }
        var list: [(UInt64, [UInt8])] = []
        var address = first
        while address != 0 {
            guard list.count < 20, address >= segment.memory.start, let at = Int(exactly: address - segment.memory.start),
                let next = segment.bytes.little(at, 8), let type = segment.bytes.little(at + 8, 4),
                let length = segment.bytes.little(at + 12, 4).map({ Int($0) }), at + 16 + length <= segment.bytes.count
            else { return nil }
            list.append((type, Array(segment.bytes[at + 16..<at + 16 + length])))
            address = next
        }
        return list
    }

    /// Where entries overlap, the higher type is taken (arch/x86/kernel/e820.c, e820__update_table); 1 is RAM.
    private func checkMap(_ entries: [Entry]) {
        for entry in entries { require(entry.extent.size > 0, "e820-empty", "\(entry.extent)") }
        let others = AddressSet(entries.filter { $0.type != 1 }.map(\.extent))
        let ram = AddressSet(entries.filter { $0.type == 1 }.map(\.extent)).subtracting(others)
        checkMemory(ofNextKernel: ram)
        if request.isCrash {
            // It would be read while it is overwritten (arch/x86/kernel/crash.c, crash_setup_memmap_entries).
            if let header = segment("elfcorehdr") {
                require(ram.intersection(header.memory).isEmpty, "elfcorehdr-kept", "\(header.memory)")
            }
            // Only what firmware needs is handed on; of the rest a capture kernel might make RAM.
            require(!entries.contains { $0.type == 0xefff_ffff }, "next-has-no-soft-reserved", "")
        } else {
            let real = (machine.firmwareRAM ?? machine.ram).subtracting(machine.driverManaged)
            require(ram.subtracting(real).isEmpty, "next-has-real-ram", "\(ram.subtracting(real))")
        }
        for (extent, name) in machine.notRAM {
            let type = Self.type(of: name)
            if request.isCrash, ![2, 3, 4].contains(type) { continue }
            let told = AddressSet(entries.filter { $0.type == type }.map(\.extent))
            require(told.contains(extent), "next-has-\(type == 2 ? "reserved" : "firmware")", "\(extent) \(name)")
        }
    }

    /// arch/x86/kernel/e820.c, e820_type_to_string, read backwards; what is not known to a loader is reserved.
    private static func type(of name: String) -> UInt64 {
        switch name {
        case "ACPI Tables": 3
        case "ACPI Non-volatile Storage": 4
        case "Unusable memory": 5
        case "Persistent Memory": 7
        case "Persistent Memory (legacy)": 12
        case "Soft Reserved": 0xefff_ffff
        default: 2
        }
    }
}
