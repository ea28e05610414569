import ByteStorage
import Foundation
import HostState
import KernelImage
import LoadPlan
import PhysicalMemory
import RecordedCalls
import SystemPackage
import TestSupport
import Testing
import X86_64

/// Multiboot images, from the command line to what the kernel would be asked to load.
struct MultibootLoadTests {
    private let folder: TemporaryFolder
    private let host: HostState

    init() throws {
        folder = try TemporaryFolder()
        host = try HostState.read(SystemRoot(Fixture.bios.sysroot))
    }

    private func request(_ image: SyntheticMultiboot, commandLine: String = "console=ttyS0 a=b") throws -> LoadRequest {
        LoadRequest(
            purpose: .reboot, kernel: .init(name: "kernel", contents: try KernelFile(Bytes(image.bytes))), initrd: nil,
            commandLine: KernelCommandLine(commandLine), rngSeed: [UInt8](repeating: 0x5a, count: 32))
    }

    private func machine(_ modules: [(String, [UInt8])] = []) -> X86_64 {
        var options = X86_64.Options()
        options.modules = modules.map { .init(file: .init(name: $0.0, contents: Bytes($0.1)), text: Array($0.0.utf8)) }
        return X86_64(options)
    }

    private func plan(_ image: SyntheticMultiboot, modules: [(String, [UInt8])] = []) throws -> LoadPlan {
        try Planner.plan(try request(image), on: host, for: machine(modules))
    }

    private func told(_ plan: LoadPlan, _ version: Int) throws -> MultibootTold {
        let info = try #require(plan.segment(.bootParameters)).memory.start.rawValue
        let memory = LoadedMemory(plan)
        return version == 1 ? try MultibootTold(multiboot: info, in: memory) : try MultibootTold(multiboot2: info, in: memory)
    }

    /// The kernel's pages: start, size.
    private func kernel(_ plan: LoadPlan) -> [[UInt64]] {
        plan.segments.filter { $0.role == .kernel }.map { [$0.memory.start.rawValue, $0.memory.size.rawValue] }
    }

    private func refusal(_ image: SyntheticMultiboot, modules: [(String, [UInt8])] = []) -> String {
        do {
            _ = try plan(image, modules: modules)
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// The firmware's map as sysfs has it.
    private func firmwareMap() throws -> Set<MultibootTold.MapEntry> {
        let memmap = Fixture.bios.sysroot.pushing("sys/firmware/memmap")
        var map: Set<MultibootTold.MapEntry> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: memmap.string) {
            func text(_ file: String) throws -> String {
                String(decoding: try fileBytes(memmap.appending(name).appending(file)), as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let start = try #require(UInt64(try text("start").dropFirst(2), radix: 16))
            let last = try #require(UInt64(try text("end").dropFirst(2), radix: 16))
            map.insert(.init(start: start, size: last - start + 1, type: try text("type") == "System RAM" ? 1 : 2))
        }
        return map
    }

    // MARK: - The whole command line

    @Test(arguments: [1, 2])
    func everythingTold(_ version: Int) throws {
        var generator = SeededGenerator(seed: 7)
        let contents = [generator.bytes(5000), [0x7f, 0x45, 0x4c, 0x46] + generator.bytes(4092)]
        let files = try contents.enumerated().map { try folder.write($1, to: "module\($0)").string }
        var image = SyntheticMultiboot(version: version)
        // The second piece begins in the first one's last page, the third is in conventional memory.
        image.pieces = [
            .init(0x10_0000, Array("text".utf8), memorySize: 0x2800), .init(0x10_2900, Array("data".utf8), memorySize: 0x4000),
            .init(0x8000, Array("low".utf8)),
        ]
        let path = try folder.write(image.bytes, to: "kernel").string
        let outcome = RecordedCommand.run(
            ["-l", path, "--module=\(files[0]) one two", "--module=\(files[1])", "--append=console=ttyS0 a=b"],
            root: Fixture.bios.sysroot)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])  // modules are nothing that kexec_file_load takes
        let call = try #require(outcome.loads.first)
        #expect(call.flags.rawValue == 0x3e0000)
        let memory = LoadedMemory(
            call.segments.map { segment in
                (segment.memory, segment.memorySize, segment.contents.withSpan { span in (0..<span.count).map { span[$0] } })
            })
        for segment in memory.segments {
            #expect(segment.start % 4096 == 0 && segment.size % 4096 == 0 && segment.start + segment.size <= 1 << 32)
        }
        // Purgatory's parameters: EAX, and EBX behind it.
        let purgatory = try #require(memory.segments.first { call.entry >= $0.start && call.entry < $0.start + $0.size })
        let magic: [UInt8] = version == 1 ? [0x02, 0xb0, 0xad, 0x2b] : [0x89, 0x62, 0xd7, 0x36]
        let places = purgatory.contents.places(of: magic)
        #expect(places.count == 1)
        let info = try memory.word(purgatory.start + UInt64(try #require(places.first)) + 4)
        #expect(info % 8 == 0)

        let told = version == 1 ? try MultibootTold(multiboot: info, in: memory) : try MultibootTold(multiboot2: info, in: memory)
        #expect(told.commandLine == "\(path) console=ttyS0 a=b")
        #expect(told.loader == "swkexec")
        #expect(Set(told.map) == (try firmwareMap()))
        #expect(told.lower == 0x9fc00 / 1024)
        #expect(told.upper == (0x7ffe_0000 - 0x10_0000) / 1024)
        #expect(told.base == nil)
        #expect(told.modules.map(\.text) == ["\(files[0]) one two", files[1]])
        for (module, wanted) in zip(told.modules, contents) {
            #expect(module.start % 4096 == 0)
            #expect(try memory.bytes(module.start, module.end) == wanted)
        }
        #expect(try memory.bytes(0x10_0000, 0x10_0005) == Array("text".utf8) + [0])
        #expect(try memory.bytes(0x10_28ff, 0x10_2905) == [0] + Array("data".utf8) + [0])
        #expect(try memory.byte(0x10_68ff) == 0)  // the last byte that the second piece occupies
        #expect(try memory.string(0x8000) == "low")
    }

    /// Multiboot2, 64-bit ELF, Multiboot, everything else; -t overrules the order, and what is not of
    /// the type is refused.
    @Test func whatAFileIsTakenFor() throws {
        var both = SyntheticMultiboot(version: 2)
        both.headerAt = 0x400
        var bytes = both.bytes
        let older = SyntheticMultiboot(version: 1).header
        bytes.replaceSubrange(0x200..<0x200 + older.count, with: older)
        let path = try folder.write(bytes, to: "both").string
        var elf64 = SyntheticMultiboot(version: 1)
        elf64.container = .elf64
        elf64.machine = 62
        let path64 = try folder.write(elf64.bytes, to: "elf64").string
        for (arguments, magic, part) in [
            ([path], [0x89, 0x62, 0xd7, 0x36], ""), (["-t", "multiboot-x86", path], [0x02, 0xb0, 0xad, 0x2b], ""),
            (["-t", "multiboot2-x86", path], [0x89, 0x62, 0xd7, 0x36], ""), (["-t", "elf-x86", path], [], ""),
            ([path64], [], ""), (["-t", "multiboot-x86", path64], [0x02, 0xb0, 0xad, 0x2b], ""),
            (["-t", "multiboot2-x86", path64], [], "not of type multiboot2-x86 (-t) but an ELF file"),
            (["--real-mode", path], [], "--real-mode"), (["--module=\(path)", path64], [], "is not loaded as one"),
        ] as [([String], [UInt8], String)] {
            let outcome = RecordedCommand.run(["-l", "-c"] + arguments, root: Fixture.bios.sysroot)
            #expect(
                part.isEmpty ? outcome.failure == nil : outcome.failure?.contains(part) == true, "\(arguments): \(outcome.failure ?? "")")
            guard part.isEmpty else { continue }
            let call = try #require(outcome.loads.first)
            let purgatory = try #require(call.segments.first { call.entry >= $0.memory && call.entry < $0.memory + $0.memorySize })
            let contents = purgatory.contents.withSpan { span in (0..<span.count).map { span[$0] } }
            for known in [[0x89, 0x62, 0xd7, 0x36], [0x02, 0xb0, 0xad, 0x2b]] as [[UInt8]] {
                #expect(contents.places(of: known).isEmpty == (known != magic), "\(arguments)")
            }
        }
    }

    /// A machine whose firmware tells where ACPI's root pointer is; only memory has its contents.
    @Test func acpiRoot() throws {
        func root(revision: UInt8) -> [UInt8] {
            var bytes = Array("RSD PTR ".utf8) + [0] + Array("BOCHS ".utf8) + [revision, 1, 2, 3, 4]
            bytes[8] = 0 &- bytes.reduce(0, &+)
            guard revision >= 2 else { return bytes }
            bytes += [36, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]
            bytes[32] = 0 &- bytes.reduce(0, &+)
            return bytes
        }
        var wrongSum = root(revision: 2)
        wrongSum[33] = 1
        var tooLong = root(revision: 2)
        (tooLong[20], tooLong[32]) = (37, tooLong[32] &- 1)
        let path = try folder.write(SyntheticMultiboot(version: 2).bytes, to: "kernel").string
        for (memory, type, size) in [
            (root(revision: 0), 14, 20), (root(revision: 2), 15, 36), (wrongSum, nil, 0), (tooLong, nil, 0),
            (Array(root(revision: 2).prefix(30)), nil, 0), ([], nil, 0), (nil, nil, 0),
        ] as [([UInt8]?, UInt64?, Int)] {
            let machine = try Fixture.efi.copy()
            try machine.write("ACPI20=0x1014\nSMBIOS=0x7f988000\n", to: "sys/firmware/efi/systab")
            if let memory { try machine.write([UInt8](repeating: 0xee, count: 0x1014) + memory, to: "dev/mem") }
            let outcome = RecordedCommand.run(["-l", "-c", path], root: machine.path)
            #expect(outcome.failure == nil)
            let call = try #require(outcome.loads.first)
            let loaded = LoadedMemory(
                call.segments.map { segment in
                    (segment.memory, segment.memorySize, segment.contents.withSpan { span in (0..<span.count).map { span[$0] } })
                })
            let info = try #require(
                loaded.segments.first {
                    $0.contents.count > 100
                        && $0.contents[8...15].elementsEqual([1, 0, 0, 0, UInt8(9 + "\(path) ".utf8.count - 1), 0, 0, 0])
                })
            let told = try MultibootTold(multiboot2: info.start, in: loaded)
            #expect(told.acpiRoot?.type == type)
            #expect(told.acpiRoot?.bytes == (type == nil ? nil : memory?.prefix(size).map { $0 }))
        }
    }

    @Test func withoutModulesTheKernelIsAskedFirst() throws {
        let path = try folder.write(SyntheticMultiboot(version: 2).bytes, to: "kernel").string
        let outcome = RecordedCommand.run(["-l", path], root: Fixture.bios.sysroot, answers: [.execFormatError])
        #expect(outcome.names == ["kexec_file_load", "kexec_load"])
        #expect(outcome.failure == nil)
    }

    @Test func refusedCommandLines() throws {
        let image = try folder.write(SyntheticMultiboot(version: 1).bytes, to: "kernel").string
        let bzImage = try folder.write(SyntheticBzImage.small().bytes, to: "vmlinuz").string
        let module = try folder.write("module", to: "module").string
        let empty = try folder.write([], to: "empty").string
        for (arguments, parts) in [
            (["-p", image], ["started by a reboot only"]),
            (["-l", image, "--initrd=\(module)"], ["--module", "no initrd"]),
            (["-l", bzImage, "--module=\(module)"], [module, "only a multiboot image takes modules"]),
            (["-l", image, "--module=\(empty) x"], [empty, "the module is empty"]),
            (["-l", image, "--module=/nonexistent/file x"], ["/nonexistent/file", "No such file"]),
            (["-l", image, "--module="], ["--module: the file's name is empty"]),
            (["-l", image, "--module= x"], ["--module: the file's name is empty"]),
        ] {
            let outcome = RecordedCommand.run(["-c"] + arguments, root: Fixture.bios.sysroot)
            #expect(outcome.names.isEmpty)
            for part in parts { #expect(outcome.failure?.contains(part) == true, "\(arguments): \(outcome.failure ?? "")") }
        }
    }

    // MARK: - Places

    @Test func addressesCount() throws {
        var image = SyntheticMultiboot(version: 1)
        image.container = .flat
        image.headerAt = 0x40
        image.flags |= 1 << 16
        // The file's byte 0x10 comes to 0x200000: the header, 0x30 bytes on, to 0x200030.
        image.addresses = [0x20_0030, 0x20_0000, 0, 0x20_5001, 0x20_0008]
        image.pieces = [.init(0, [UInt8](repeating: 7, count: 3000))]
        let plan = try plan(image)
        #expect(kernel(plan) == [[0x20_0000, 0x6000]])
        #expect(try LoadedMemory(plan).bytes(0x20_0000, 0x20_0000 + UInt64(image.bytes.count) - 0x10) == Array(image.bytes[0x10...]))

        for (change, part) in [
            ({ $0.addresses[1] = 0x20_0031 }, "load_addr 0x200031 is above header_addr"),
            ({ $0.addresses[1] = 0x10_0000 }, "before the file's first byte"),
            ({ $0.addresses[2] = 0x20_0000 }, "load_end_addr 0x200000 is not above"),
            ({ $0.addresses[2] = 0x20_2000 }, "truncated"),
            ({ $0.addresses[3] = 0x20_0100 }, "bss_end_addr 0x200100 is below"),
            ({ $0.addresses[4] = 0x20_5001 }, "entry 0x205001 lies outside"),
        ] as [((inout SyntheticMultiboot) -> Void, String)] {
            var bad = image
            change(&bad)
            #expect(refusal(bad).contains(part), "\(refusal(bad))")
        }
    }

    @Test func addressTagCounts() throws {
        var image = SyntheticMultiboot(version: 2)
        image.container = .flat
        image.headerAt = 0x40
        image.pieces = [.init(0, [UInt8](repeating: 7, count: 3000))]
        // From the file's first byte: load_addr -1.
        image.tags = [SyntheticMultiboot.tag(2, [0x20_0040, 0xffff_ffff, 0, 0]), SyntheticMultiboot.tag(3, [0x20_0100])]
        let plan = try plan(image)
        #expect(kernel(plan) == [[0x20_0000, 0x1000]])
        #expect(try LoadedMemory(plan).bytes(0x20_0000, 0x20_0000 + UInt64(image.bytes.count)) == image.bytes)
        image.tags.removeLast()
        #expect(refusal(image).contains("addresses and no entry"))
    }

    @Test(arguments: [SyntheticMultiboot.Container.elf32, .elf64])
    func aKernelLinkedHighIsEnteredByItsPhysicalAddress(_ container: SyntheticMultiboot.Container) throws {
        var image = SyntheticMultiboot(version: 2)
        image.container = container
        image.machine = container == .elf64 ? 62 : 3
        let virtual: UInt64 = container == .elf64 ? 0xffff_ffff_8010_0000 : 0xc010_0000
        image.pieces = [.init(0x10_0000, virtual: virtual, Array("kernel".utf8))]
        for entry in [virtual + 2, 0x10_0002] {
            image.entry = entry
            let loaded = try MultibootImage(Bytes(image.bytes), version: .two)
            #expect(loaded.entry == PhysicalAddress(0x10_0002))
        }
        image.entry = 0x10_0006
        #expect(throws: MultibootError.self) { try MultibootImage(Bytes(image.bytes), version: .two) }
    }

    /// RAM of the fixture ends at 0x7ffe0000, and 0x6e000000 to 0x7dffffff is the crash kernel's.
    @Test(arguments: [0x9f000, 0xa0000, 0x6dff_f000, 0x7e00_0000 - 0x1000, 0x7ffd_f000, 0xfff0_0000] as [UInt64])
    func whereThereIsNoRAM(_ address: UInt64) {
        let image = {
            var image = SyntheticMultiboot(version: 1, pieces: [.init(address, [1, 2, 3], memorySize: 0x2000)])
            image.entry = address
            return image
        }()
        #expect(refusal(image).contains("which is not all RAM that can be used"), "\(refusal(image))")
    }

    @Test func relocation() throws {
        func relocatable(_ words: [UInt32]) -> SyntheticMultiboot {
            var image = SyntheticMultiboot(version: 2, pieces: [.init(0x30_0010, [1, 2, 3], memorySize: 0x2000)])
            image.entry = 0x30_0011
            image.tags = [SyntheticMultiboot.tag(10, words)]
            return image
        }
        for (words, base) in [
            ([0x200_0000, 0x1000_0000, 0x20_0000, 1], 0x200_0000),
            ([0x200_0001, 0x1000_0000, 0x20_0000, 0], 0x220_0000),
            ([0x200_0000, 0x1000_0000, 0x20_0000, 2], 0xfe0_0000),
            ([0, 0xffff_ffff, 0x1000, 1], 0x10_0000),
            ([0, 0xffff_ffff, 0, 0], 0x30_0010),  // where it is linked
            ([0, 0xffff_ffff, 0x1000, 2], 0x7ffd_e000),
        ] as [([UInt32], UInt64)] {
            let plan = try plan(relocatable(words), modules: [("m", [1])])
            let told = try told(plan, 2)
            #expect(told.base == base, "\(words)")
            #expect(try LoadedMemory(plan).bytes(base, base + 4) == [1, 2, 3, 0])
        }
        for (words, part) in [
            ([0x7ffe_0000, 0xb000_0000, 0x1000, 1], "finds no place within"),
            ([0, 0x10_0000, 0x1000, 1], "must lie within"),
            ([0x20_0000, 0x20_0000, 0x1000, 1], "max_addr 0x200000 is not above"),
            ([0, 0xffff_ffff, 0x3000, 1], "align 0x3000 is not a power of two"),
            ([0, 0xffff_ffff, 0x1000, 3], "preference 0x3 is none of"),
            ([0, 0xffff_ffff, 0x1000], "too small for a tag of type 10"),
        ] as [([UInt32], String)] {
            #expect(refusal(relocatable(words)).contains(part), "\(refusal(relocatable(words)))")
        }
    }

    @Test func moreSegmentsThanTheKernelTakes() {
        let modules = (0..<14).map { ("module\($0)", [UInt8(1)]) }
        #expect(refusal(SyntheticMultiboot(version: 1), modules: Array(modules.prefix(13))) == "")
        #expect(refusal(SyntheticMultiboot(version: 1), modules: modules).contains("17 segments exceed"))
    }

    @Test func limitsOfTheUserHold() throws {
        var request = try request(SyntheticMultiboot(version: 2))
        request.memoryWindow = PhysicalRange(start: PhysicalAddress(0x10_0000), end: PhysicalAddress(0x200_0000))
        let plan = try Planner.plan(request, on: host, for: X86_64())
        #expect(plan.segments.allSatisfy { $0.memory.end <= PhysicalAddress(0x200_0000) })
        request.memoryWindow = PhysicalRange(start: PhysicalAddress(0x20_0000), end: PhysicalAddress(0x200_0000))
        #expect(throws: PlanError.self) { try Planner.plan(request, on: host, for: X86_64()) }
    }

    // MARK: - Those who mean ill

    /// Whatever a header's and an ELF header's bytes are: a plan whose structures can be read, or
    /// an error.
    @Test(arguments: [1, 2])
    func hostileHeaders(_ version: Int) throws {
        var generator = SeededGenerator(seed: UInt64(version))
        var plans = 0
        for _ in 0..<3000 {
            var image = SyntheticMultiboot(version: version)
            if version == 1, Bool.random(using: &generator) {
                image.flags |= 1 << 16
                image.addresses = (0..<5).map { _ in UInt32(truncatingIfNeeded: generator.hostileNumber()) }
            }
            if version == 2 {
                image.tags = (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                    let words = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                        UInt32(truncatingIfNeeded: generator.hostileNumber())
                    }
                    let size = Int.random(in: 0..<8, using: &generator) == 0 ? UInt32(truncatingIfNeeded: generator.hostileNumber()) : nil
                    return SyntheticMultiboot.tag(
                        UInt16.random(in: 0..<13, using: &generator), optional: Bool.random(using: &generator), words, size: size)
                }
            }
            var bytes = image.bytes
            if Bool.random(using: &generator) {
                // A word of the ELF header, or of the program header behind it.
                bytes.putLittleEndian(generator.hostileNumber(), at: Int.random(in: 24..<80, using: &generator), width: 4)
            }
            do {
                var request = try request(image)
                request.kernel = .init(name: "kernel", contents: try KernelFile(Bytes(bytes)))
                let plan = try Planner.plan(request, on: host, for: X86_64())
                #expect(try told(plan, version).commandLine == "kernel console=ttyS0 a=b")
                plans += 1
            } catch is PlanError {
            }
        }
        #expect(plans > 100, "\(plans)")
    }
}
