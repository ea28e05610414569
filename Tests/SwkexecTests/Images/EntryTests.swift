import ByteStorage
import KexecSystem
import Purgatory
import RecordedCalls
import TestSupport
import Testing

/// The ways a kernel is entered: where its segments go, what purgatory and the kernel are told, and
/// what kexec-tools did on the same machine.
struct EntryTests {
    private let folder: TemporaryFolder
    private let initrd: String
    private let kernel: String

    init() throws {
        folder = try TemporaryFolder()
        kernel = try folder.write(SyntheticBzImage.captured.bytes, to: "vmlinuz").string
        initrd = try folder.write([UInt8](repeating: 0x11, count: 1_428_574), to: "initrd.img").string
    }

    private func load(_ options: [String], kernel: String? = nil) throws -> KexecLoadCall {
        let outcome = RecordedCommand.run(
            options + ["-l", kernel ?? self.kernel, "--initrd=\(initrd)", "--append=console=ttyS0 foo=bar"], root: Fixture.bios.sysroot)
        #expect(outcome.failure == nil)
        #expect(outcome.names == ["kexec_load"])
        return try #require(outcome.loads.first)
    }

    private func bytes(_ segment: KexecLoadCall.Segment) -> [UInt8] {
        segment.contents.withSpan { span in (0..<span.count).map { span[$0] } }
    }

    /// The bytes that stand at a physical address, to the end of their segment.
    private func memory(_ call: KexecLoadCall, at address: UInt64) throws -> ArraySlice<UInt8> {
        let segment = try #require(call.segments.first { $0.memory <= address && address < $0.memory + UInt64($0.contents.count) })
        return bytes(segment)[Int(address - segment.memory)...]
    }

    private func text(_ call: KexecLoadCall, at address: UInt64) throws -> String {
        String(decoding: try memory(call, at: address).prefix { $0 != 0 }, as: UTF8.self)
    }

    // MARK: - 32-bit

    @Test func thirtyTwoBitsAsThePeer() throws {
        let call = try load(["--entry-32bit"])
        let peer = try Fixture.bios.peer("l_e32")
        let theirs = try #require(peer.segment("kernel"))
        let ours = try #require(call.segments.first { $0.contents.count == Int(theirs.loadedSize) })
        #expect(ours.memory == theirs.start)
        #expect(ours.memorySize == theirs.memorySize)
        #expect(call.flags.rawValue == peer.flags)
        for segment in call.segments { #expect(segment.memory + segment.memorySize <= 1 << 32) }

        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.entryMode] == 1)
        #expect(purgatory[PurgatoryX86_64.kernelEntry] == theirs.start)
        #expect(purgatory[PurgatoryX86_64.eax] == 0 && purgatory[PurgatoryX86_64.ebx] == 0)
        let address = try #require(purgatory[PurgatoryX86_64.bootParams])
        let parameters = Array(try memory(call, at: address))
        #expect(parameters.littleEndian(at: 0x228, width: 4) == address + 4096)
        #expect(try text(call, at: parameters.littleEndian(at: 0x228, width: 4)) == "console=ttyS0 foo=bar")
        // Where both say the same: the setup header but for addresses, and the memory map.
        let peers = try #require(peer.zeroPage)
        #expect(parameters[0x210] == 0xd0 && parameters[0x211] == 1)
        #expect(parameters[0x1e8] == peers[0x1e8])
        #expect(parameters.littleEndian(at: 0x21c, width: 4) == peers.littleEndian(at: 0x21c, width: 4))
    }

    /// The address that the kernel likes best is taken: then anywhere else below 4 GiB.
    @Test func thirtyTwoBitsElsewhere() throws {
        let call = try load(["--entry-32bit", "--mem-min=0x2000000"])
        let kernel = try #require(call.segments.first { $0.contents.count == 11_687_872 })
        #expect(kernel.memory >= 0x200_0000 && kernel.memory % 0x20_0000 == 0)
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.kernelEntry] == kernel.memory)
    }

    @Test func aKernelWithoutThe64BitEntryIsEnteredIn32Bits() throws {
        var image = SyntheticBzImage.small()
        image.xloadflags = 0
        let path = try folder.write(image.bytes, to: "vmlinuz-686").string
        let outcome = RecordedCommand.run(["-c", "-l", path], root: Fixture.bios.sysroot)
        let call = try #require(outcome.loads.first)
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.entryMode] == 1)
        image.version = 0x0209
        let old = try folder.write(image.bytes, to: "vmlinuz-old").string
        #expect(RecordedCommand.run(["-c", "-l", old], root: Fixture.bios.sysroot).failure?.contains("version 0x209") == true)
    }

    @Test func aKernelThatRunsAtOnePlaceOnly() throws {
        var image = SyntheticBzImage.small()
        image.relocatable = 0
        let path = try folder.write(image.bytes, to: "vmlinuz-fixed").string
        let call = try load(["--entry-32bit"], kernel: path)
        #expect(call.segments.contains { $0.memory == 0x100_0000 && $0.contents.count == 4096 })
        let crash = RecordedCommand.run(["-c", "-p", "--entry-32bit", path], root: Fixture.bios.sysroot)
        #expect(crash.failure?.contains("runs only at 0x1000000-0x10fffff") == true, "\(crash.failure ?? "")")
    }

    @Test func a32BitEntryForACrash() throws {
        let outcome = RecordedCommand.run(["-c", "-p", "--entry-32bit", kernel], root: Fixture.bios.sysroot)
        let call = try #require(outcome.loads.first)
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.entryMode] == 1)
        for segment in call.segments { #expect(segment.memory >= 0x6e00_0000 && segment.memory + segment.memorySize <= 0x7e00_0000) }
    }

    // MARK: - 64-bit

    @Test func sixtyFourBits() throws {
        let call = try load(["-c"])
        let purgatory = try PurgatoryParameters(call)
        let entry = try #require(purgatory[PurgatoryX86_64.kernelEntry])
        #expect(purgatory[PurgatoryX86_64.entryMode] == 0)
        #expect(entry % 0x20_0000 == 0x200)
    }

    // MARK: - Real mode

    @Test func realModeAsThePeer() throws {
        let call = try load(["--real-mode"])
        let peer = try Fixture.bios.peer("l_real")
        let theirs = try #require(peer.segment("kernel"))
        let kernel = try #require(call.segments.first { $0.contents.count == Int(theirs.loadedSize) })
        #expect(kernel.memory == theirs.start && kernel.memorySize == theirs.memorySize)
        #expect(call.segments.count == peer.segments.count)
        #expect(peer.segment("realmode")?.memorySize == 0x1_0000)

        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.entryMode] == 2)
        #expect(purgatory.start + 0x1_0000 <= 0xa_0000)
        let segment = try #require(purgatory[PurgatoryX86_64.realSegment]) << 4
        #expect(call.segments.contains { $0.memory == segment && $0.memorySize == 0x1_0000 && $0.memory + $0.memorySize <= 0x9_a000 })
        #expect(purgatory[PurgatoryX86_64.kernelEntry] == segment + 0x200)
        #expect(purgatory[PurgatoryX86_64.realStack] == 0xe000)

        let header = Array(try memory(call, at: segment))
        #expect(header.littleEndian(at: 0x214, width: 4) == kernel.memory)  // code32_start
        #expect(header.littleEndian(at: 0x224, width: 2) == 0xde00)  // heap_end_ptr
        #expect(header[0x210] == 0xd0 && header[0x211] & 0x81 == 0x81)
        let initrdStart = header.littleEndian(at: 0x218, width: 4)
        #expect(header.littleEndian(at: 0x21c, width: 4) == 1_428_574)
        #expect(try memory(call, at: initrdStart).count == 1_428_574)
        #expect(header.littleEndian(at: 0x228, width: 4) == segment + 0xe000)
        #expect(try text(call, at: segment + 0xe000) == "console=ttyS0 foo=bar")
        // All else is the file's.
        var expected = Array(SyntheticBzImage.captured.bytes.prefix(40 * 512))
        expected.replaceSubrange(0x210..<0x22c, with: header[0x210..<0x22c])
        #expect(Array(header.prefix(40 * 512)) == expected)
    }

    @Test func realModeIsRefusedWhereItCannotBe() throws {
        let crash = RecordedCommand.run(["-p", "--real-mode", kernel], root: Fixture.bios.sysroot)
        #expect(crash.failure?.contains("--real-mode: only with -l") == true)
        let efi = RecordedCommand.run(["-l", "--real-mode", kernel], root: Fixture.efi.sysroot)
        #expect(efi.failure?.contains("--real-mode: this machine was started by EFI firmware") == true)
        let elf = try folder.write(SyntheticELFKernel.small().bytes, to: "vmlinux").string
        #expect(RecordedCommand.run(["-l", "--real-mode", elf], root: Fixture.bios.sysroot).failure?.contains("ELF file") == true)
        var image = SyntheticBzImage.small()
        image.setupSects = 64
        let large = try folder.write(image.bytes, to: "large-setup").string
        #expect(RecordedCommand.run(["-l", "--real-mode", large], root: Fixture.bios.sysroot).failure?.contains("33280 bytes") == true)
        let long = String(repeating: "x", count: 2048)
        #expect(
            RecordedCommand.run(["-l", "--real-mode", kernel, "--append=\(long)"], root: Fixture.bios.sysroot).failure?.contains(
                "takes 2047") == true)
    }

    // MARK: - ELF

    @Test(arguments: [true, false])
    func vmlinux(_ is64Bit: Bool) throws {
        let image = SyntheticELFKernel.small(is64Bit: is64Bit)
        let path = try folder.write(image.bytes, to: "vmlinux").string
        let call = try load(["-c", "--args-linux"], kernel: path)
        for load in image.loads {
            let segment = try #require(call.segments.first { $0.memory == load.physical })
            #expect(bytes(segment) == load.contents)
        }
        let purgatory = try PurgatoryParameters(call)
        #expect(purgatory[PurgatoryX86_64.entryMode] == (is64Bit ? 0 : 1))
        #expect(purgatory[PurgatoryX86_64.kernelEntry] == 0x100_0010)
        let address = try #require(purgatory[PurgatoryX86_64.bootParams])
        let parameters = Array(try memory(call, at: address))
        #expect(Array(parameters[0x202..<0x206]) == Array("HdrS".utf8))
        #expect(parameters.littleEndian(at: 0x1fe, width: 2) == 0xaa55)
        #expect(parameters.littleEndian(at: 0x206, width: 2) == 0x020f)
        #expect(parameters[0x210] == 0xd0 && parameters[0x211] == 1 && parameters[0x1ef] == 0)
        #expect(parameters.littleEndian(at: 0x21c, width: 4) == 1_428_574)
        #expect(try text(call, at: parameters.littleEndian(at: 0x228, width: 4)) == "console=ttyS0 foo=bar")
    }

    /// kexec_file_load of x86_64 takes no ELF file: -a goes on to kexec_load.
    @Test func automatic() throws {
        let path = try folder.write(SyntheticELFKernel.small().bytes, to: "vmlinux").string
        let outcome = RecordedCommand.run(["-l", path], root: Fixture.bios.sysroot, answers: [.execFormatError])
        #expect(outcome.names == ["kexec_file_load", "kexec_load"])
        #expect(outcome.failure == nil)
    }

    @Test func aVmlinuxRunsAtItsOwnPlaceOnly() throws {
        let path = try folder.write(SyntheticELFKernel.small().bytes, to: "vmlinux").string
        let crash = RecordedCommand.run(["-c", "-p", path], root: Fixture.bios.sysroot)
        #expect(crash.failure?.contains("segment kernel of 2112 KiB") == true, "\(crash.failure ?? "")")
        #expect(crash.failure?.contains("runs only at 0x1000000-0x120ffff") == true)
        var inside = SyntheticELFKernel.small()
        inside.loads[0].physical = 0x7000_0000
        inside.loads[1].physical = 0x7010_0000
        let other = try folder.write(inside.bytes, to: "vmlinux-crash").string
        let good = RecordedCommand.run(["-c", "-p", other], root: Fixture.bios.sysroot)
        #expect(good.failure == nil)
        #expect(good.loads.first?.segments.contains { $0.memory == 0x7000_0000 } == true)
        #expect(RecordedCommand.run(["-l", "--entry-32bit", path], root: Fixture.bios.sysroot).failure?.contains("--entry-32bit") == true)
    }

    @Test func aPositionIndependentOneGoesAnywhere() throws {
        var image = SyntheticELFKernel.small()
        image.type = 3
        let path = try folder.write(image.bytes, to: "pie").string
        let outcome = RecordedCommand.run(["-c", "-p", path], root: Fixture.bios.sysroot)
        let call = try #require(outcome.loads.first, "\(outcome.failure ?? "")")
        let text = try #require(call.segments.first { bytes($0) == image.loads[0].contents })
        let data = try #require(call.segments.first { bytes($0) == image.loads[1].contents })
        #expect(text.memory >= 0x6e00_0000 && data.memory - text.memory == 0x20_0000)
        #expect(try PurgatoryParameters(call)[PurgatoryX86_64.kernelEntry] == text.memory + 0x10)
    }
}
