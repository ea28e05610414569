import PlanChecker
import RandomLoads
import Testing

/// The checker itself: it finds what is wrong with an image that was right before something was changed.
@Suite struct CheckerTests {
    /// FIPS 180-4's examples (NIST, SHA256.pdf), of one block, of two, and of none.
    @Test(arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ]) func sha256(message: String, digest: String) {
        let hexadecimal = smallSHA256(Array(message.utf8)).map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
        #expect(hexadecimal == digest)
    }

    @Test func sets() {
        let set = AddressSet([Extent(10, 20), Extent(30, 40), Extent(20, 25), Extent(50, 50)])
        #expect(set.extents == [Extent(10, 25), Extent(30, 40)])
        #expect(set.subtracting(Extent(12, 35)).extents == [Extent(10, 12), Extent(35, 40)])
        #expect(
            set.intersection(AddressSet([Extent(0, 11), Extent(24, 31), Extent(39, 90)])).extents == [
                Extent(10, 11), Extent(24, 25), Extent(30, 31), Extent(39, 40),
            ])
        #expect(set.contains(Extent(10, 25)) && !set.contains(Extent(24, 31)))
        #expect(set.size == 25)
    }

    private struct Sample {
        var image: CheckedImage
        var request: CheckedRequest
        var machine: CheckedMachine

        var rules: Set<String> { Set(PlanChecker.violations(of: image, for: request, on: machine).map(\.rule)) }

        /// Changes the first segment of a role.
        mutating func change(_ role: String, _ change: (inout CheckedSegment) -> Void) {
            if let index = image.segments.firstIndex(where: { $0.role == role }) { change(&image.segments[index]) }
        }
    }

    /// The first load of an architecture that has a plan, nothing wrong with it, and all that is asked for.
    private func sample(_ architecture: CheckedArchitecture, where isWanted: (CheckedRequest, CheckedMachine) -> Bool) throws -> Sample {
        for seed in 0..<UInt64(2_000) {
            var choices = Choices(seed: seed)
            let load = try RandomLoad(architecture, &choices)
            guard isWanted(load.request, load.machine.facts), load.request.checksDigest, load.request.initrd != nil,
                case .plan(let plan) = load.outcome()
            else { continue }
            let sample = Sample(image: RandomLoad.image(of: plan), request: load.request, machine: load.machine.facts)
            if sample.rules.isEmpty { return sample }
        }
        throw NoSample()
    }

    private struct NoSample: Error {}

    /// Its machines have kernels that update an image, and its kernels read elfcorehdr=.
    private static func mayHotplug(_ architecture: CheckedArchitecture) -> Bool { [.x86_64, .ppc64le].contains(architecture) }

    private func expect(_ rule: String, in sample: Sample, after change: (inout Sample) -> Void) {
        var changed = sample
        change(&changed)
        #expect(changed.rules.contains(rule), "\(changed.rules)")
    }

    @Test(arguments: [CheckedArchitecture.x86_64, .ppc64le, .aarch64, .riscv64]) func anySegment(_ architecture: CheckedArchitecture) throws
    {
        let good = try sample(architecture) { request, _ in request.isCrash }
        let page: UInt64 = [.x86_64, .riscv64].contains(architecture) ? 0x1000 : 0x1_0000
        expect("segment-pages", in: good) { $0.change("purgatory") { $0.memory.start += 0x800 } }
        expect("segment-bufsz", in: good) { $0.change("initrd") { $0.memory.end = $0.memory.start } }
        expect("segment-overlap", in: good) { sample in
            let kernel = sample.image.segments.first { $0.role == "kernel" }?.memory
            sample.change("initrd") { $0.memory = kernel ?? $0.memory }
        }
        expect("segment-half-of-ram", in: good) { $0.machine.totalMemory = page }
        expect("segments-half-of-ram", in: good) { sample in
            sample.machine.totalMemory = sample.image.segments.reduce(0) { $0 + $1.memory.size } * 2 - 1
        }
        expect("in-region", in: good) { sample in
            let end = sample.machine.crashRegions.last?.end ?? 0
            sample.change("initrd") { $0.memory = Extent(end, end + $0.memory.size) }
        }
        expect("in-next-ram", in: good) { sample in
            let end = sample.machine.crashRegions.last?.end ?? 0
            sample.change("purgatory") { $0.memory = Extent(end + 1 << 40, end + 1 << 40 + page) }
        }
        expect("entry", in: good) { $0.image.entry = 0 }
        expect("flags", in: good) { $0.image.flags ^= 1 }
        expect("digest", in: good) { $0.change("kernel") { $0.bytes[0x200 % $0.bytes.count] ^= 1 } }
        expect("digest-in-purgatory", in: good) { $0.change("purgatory") { $0.bytes = [UInt8](repeating: 0, count: $0.bytes.count) } }
        expect("magic-elf", in: good) { $0.change("initrd") { $0.bytes = [0x7f, 0x45, 0x4c, 0x46] } }
        expect("initrd-bytes", in: good) { $0.change("initrd") { $0.bytes[0] ^= 1 } }
        expect("window", in: good) { $0.request.window = Extent(0, 0x1000) }
        expect("segment-count", in: good) { $0.image.segments = [] }
        expect("readable", in: good) { $0.image.segments = [] }
    }

    @Test(arguments: [CheckedArchitecture.x86_64, .ppc64le, .aarch64, .riscv64]) func dump(_ architecture: CheckedArchitecture) throws {
        let good = try sample(architecture) { request, _ in request.isCrash && request.hotplug == Self.mayHotplug(architecture) }
        expect("core-memory", in: good) { $0.machine.ram = $0.machine.ram.union(Extent(1 << 50, 1 << 50 + 0x1000)) }
        expect("core-memory", in: good) { $0.machine.crashCMA = AddressSet($0.machine.ram.extents.suffix(1)) }
        expect("core-notes", in: good) { $0.machine.crashNotes.removeLast() }
        expect("core-notes", in: good) { $0.machine.vmcoreinfo.end += 1 }
        expect("core-virtual", in: good) { $0.machine.directMap &+= 0x1000 }
        expect("core-whole", in: good) { $0.change("elfcorehdr") { $0.bytes.removeLast() } }
        // p_paddr of the last program header, p_filesz, p_offset.
        for (offset, rule) in [(24, "core-memory"), (32, "core-sizes"), (8, "core-offset")] {
            expect(rule, in: good) { $0.change("elfcorehdr") { $0.bytes[$0.bytes.count - 56 + offset + 1] ^= 0x10 } }
        }
        if architecture != .ppc64le { expect("core-text", in: good) { $0.machine.kernelText?.virtual += 0x1000 } }
        if Self.mayHotplug(architecture) {
            expect("cmdline-elfcorehdr", in: good) { $0.change("elfcorehdr") { $0.memory.start += 0x1_0000 } }
            expect("core-room", in: good) { $0.machine.elfcorehdrCapacity = 1 << 40 }
        }
    }

    @Test func bootParameters() throws {
        let crash = try sample(.x86_64) { request, machine in request.isCrash && machine.notRAM.contains { $0.name == "Reserved" } }
        expect("elfcorehdr-kept", in: crash) { sample in
            let start = sample.machine.crashRegions.last?.start ?? 0
            sample.change("elfcorehdr") { $0.memory = Extent(start, start + 0x1000) }
        }
        expect("next-has-no-old-ram", in: crash) { $0.machine.crashRegions = [] }
        expect("next-has-region", in: crash) { $0.machine.crashRegions.append(Extent(1 << 50, 1 << 50 + 0x1000)) }
        expect("next-has-reserved", in: crash) { $0.machine.notRAM.append((Extent(1 << 50, 1 << 50 + 1), "Unknown E820 type")) }
        expect("next-has-firmware", in: crash) { $0.machine.notRAM.append((Extent(1 << 50, 1 << 50 + 1), "ACPI Tables")) }
        expect("cmdline-kept", in: crash) { $0.request.commandLine = Array("another".utf8) }
        expect("ramdisk-image", in: crash) { $0.change("initrd") { $0.memory.start += 0x1000 } }
        expect("rng-seed", in: crash) { sample in
            sample.change("bootParameters") { segment in for at in 0x250..<0x258 { segment.bytes[at] = 0 } }
        }
        let reboot = try sample(.x86_64) { request, machine in
            guard case .bzImage(let kernel) = request.kernel else { return false }
            return !request.isCrash && kernel.isRelocatable && !machine.crashRegions.isEmpty && machine.firmwareRAM != nil
        }
        expect("next-has-real-ram", in: reboot) { $0.machine.firmwareRAM = AddressSet() }
        expect("not-drivers", in: reboot) { $0.machine.driverManaged = $0.machine.ram }
        expect("next-has-no-drivers-ram", in: reboot) { $0.machine.driverManaged = $0.machine.ram }
        expect("not-reserved", in: reboot) { $0.machine.reserved = $0.machine.ram }
        expect("in-ram", in: reboot) { $0.machine.ram = AddressSet() }
        expect("not-in-crash-region", in: reboot) { $0.machine.crashRegions = $0.machine.ram.extents }
        for (rule, change) in [
            ("pref-address", { $0.prefAddress = 1 << 50 }), ("init-size", { $0.initSize = 1 << 50 }),
            ("kernel-alignment", { $0.alignment = 1 << 50 }), ("only-place", { ($0.isRelocatable, $0.prefAddress) = (false, 1) }),
            ("below-4G", { $0.canBeAbove4G = false }), ("initrd-addr-max", { ($0.canBeAbove4G, $0.initrdAddressMax) = (false, 1) }),
            ("cmdline-size", { $0.commandLineSize = 0 }),
        ] as [(String, (inout CheckedKernel.BzImage) -> Void)] {
            if rule == "cmdline-size", reboot.request.commandLine.isEmpty { continue }
            expect(rule, in: reboot) { sample in
                guard case .bzImage(var kernel) = sample.request.kernel else { return }
                change(&kernel)
                sample.request.kernel = .bzImage(kernel)
                if rule == "below-4G" { sample.change("purgatory") { $0.memory = Extent(1 << 32, 1 << 32 + 0x1000) } }
            }
        }
    }

    @Test func trees() throws {
        let power = try sample(.ppc64le) { request, machine in request.isCrash && request.hotplug && machine.missingCores > 0 }
        expect("tree-room", in: power) { $0.machine.missingCores = 1_000_000 }
        expect("next-has-no-old-ram", in: power) { $0.machine.crashRegions = [Extent(0, 0x1_0000)] }
        expect("tree-reserves", in: power) { $0.change("backup") { $0.memory.end += 1 << 40 } }
        expect("tree-initrd", in: power) { $0.change("initrd") { $0.memory.start += 0x1_0000 } }
        expect("firmware-code", in: power) { $0.machine.firmwareCode = AddressSet($0.image.segments.map(\.memory)) }
        expect("real-mode-area", in: power) { $0.machine.realModeEnd = 0 }
        let powerReboot = try sample(.ppc64le) { request, _ in !request.isCrash }
        expect("ppc64-copies-to-0", in: powerReboot) { $0.request.kernel = .ppc64(memorySize: 1 << 50) }
        let arm = try sample(.aarch64) { request, _ in request.isCrash }
        expect("tree-elfcorehdr", in: arm) { $0.change("elfcorehdr") { $0.memory.end += 0x1_0000 } }
        expect("next-has-region", in: arm) { $0.machine.crashRegions.insert(Extent(0, 0x1_0000), at: 0) }
        expect("arm64-text-offset", in: arm) { $0.request.kernel = .arm64(.init(textOffset: 0x1000, imageSize: 0x1000, fileSize: 1)) }
        expect("arm64-image-size", in: arm) { $0.request.kernel = .arm64(.init(textOffset: 0, imageSize: 1 << 50, fileSize: 1)) }
        expect("arm64-initrd-window", in: arm) { $0.change("initrd") { $0.memory = Extent(1 << 50, 1 << 50 + 0x1_0000) } }
        let riscv = try sample(.riscv64) { request, _ in request.isCrash }
        expect("tree-elfcorehdr", in: riscv) { $0.change("elfcorehdr") { $0.memory.end += 0x1000 } }
        expect("riscv-alignment", in: riscv) { $0.change("kernel") { $0.memory.start += 0x1000 } }
        expect("riscv-image-size", in: riscv) { $0.request.kernel = .riscv64(imageSize: 1 << 50) }
        expect("riscv-entry", in: riscv) { $0.image.entry += 2 }
    }
}
