import TestSupport
import Testing

/// kexec-tools: an ELF file whose p_offset + p_filesz wraps crashes it, and the header of a note is
/// read before its bound is checked.
@Suite("Defect 3: ELF offsets that wrap, notes that end early")
struct Defect03_ELFOffsetsThatWrap {
    private func plan(_ image: SyntheticELFKernel) throws -> Command.Result {
        let bench = try Bench()
        let path = try bench.folder.write(image.bytes, to: "vmlinux").string
        return try Command.run(["-l", path, "--sysroot=\(bench.sysroot)", "--dry-run"])
    }

    @Test(arguments: [
        (UInt64.max - 10, UInt64(100)), (.max, 1), (1 << 63, 1 << 63), (0, .max), (.max - 4095, 4096), (1 << 62, 4096),
    ])
    func contentsBeyondTheFile(_ offset: UInt64, _ size: UInt64) throws {
        var image = SyntheticELFKernel.small()
        image.loads[1].offset = offset
        image.loads[1].fileSize = size
        image.loads[1].memorySize = size
        let result = try plan(image)
        #expect(result.status == 1)
        #expect(result.complaint?.contains("vmlinux: ") == true, "\(result.errors)")
    }

    @Test(arguments: 0...16)
    func notesThatEndEarly(_ size: Int) throws {
        var image = SyntheticELFKernel.small()
        var note = SyntheticELFKernel.Load(at: 0, [UInt8](repeating: 0xff, count: size))
        note.type = 4  // PT_NOTE, the last bytes of the file
        image.loads.append(note)
        let result = try plan(image)
        #expect(result.status == 0, "\(result.errors)")
    }
}
