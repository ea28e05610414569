import TestSupport
import Testing

/// kexec-tools: its probe for unified kernel images reads past the end of any file that nothing else
/// recognised, walks sections without a bound, and leaves temporary files behind.
@Suite("Defect 2: the probe for unified kernel images")
struct Defect02_UnifiedKernelImageProbe {
    @Test func cutFilesAreOneLine() throws {
        let bench = try Bench()
        let image = SyntheticPE.unified(linux: [UInt8](repeating: 7, count: 600))
        let whole = image.bytes
        for length in Array(stride(from: 0, through: image.contentsStart, by: 7)) + [whole.count - 600, whole.count - 512] {
            let path = try bench.folder.write(Array(whole[..<length]), to: "cut").string
            let outcome = RecordedCommand.run(["-l", "-c", path], root: Fixture.bios.sysroot)
            #expect(outcome.recorder.all.isEmpty, "\(length)")
            #expect(outcome.failure?.hasPrefix(path) == true && outcome.failure?.contains("\n") == false, "\(length)")
        }
    }

    /// The program itself, which a read beyond the mapping would end by a signal.
    @Test(arguments: [0, 1, 2, 0x3b, 0x3c, 0x3f, 0x40, 4095, 4096, 4097])
    func unrecognisedFilesOfAnySize(_ size: Int) throws {
        let bench = try Bench()
        for first in [[0x4d, 0x5a], [0, 0]] as [[UInt8]] {
            var bytes = [UInt8](repeating: 0xff, count: size)
            bytes.replaceSubrange(0..<min(2, size), with: first.prefix(size))
            let path = try bench.folder.write(bytes, to: "unknown").string
            let result = try bench.run([], kernel: path)
            #expect(result.status == 1)
            #expect(result.complaint?.contains(path) == true, "\(result.errors)")
        }
    }

    @Test func moreSectionsThanThereAre() throws {
        let bench = try Bench()
        var image = SyntheticPE.unified()
        image.sectionCount = 0xffff
        let path = try bench.folder.write(image.bytes, to: "sections.efi").string
        #expect(try bench.run([], kernel: path).complaint?.contains("NumberOfSections 0xffff exceeds 96") == true)
    }

    @Test func noTemporaryFiles() throws {
        let bench = try Bench()
        let empty = try TemporaryFolder()
        let path = try bench.folder.write(SyntheticPE.unified().bytes, to: "image.efi").string
        let arguments = ["-p", path, "--sysroot=\(bench.sysroot)", "--dry-run"]
        let result = try Command.run(arguments, environment: ["TMPDIR": empty.path.string, "TMP": empty.path.string])
        #expect(result.status == 0)
        #expect(empty.allFiles().isEmpty)
        // For kexec_file_load the parts go as files in memory.
        let call = try #require(RecordedCommand.run(["-l", "-s", path], root: Fixture.bios.sysroot).fileLoads.first)
        #expect(call.kernel?.descriptor != nil && call.initrd?.descriptor != nil)
        #expect(bench.folder.allFiles().sorted() == ["image.efi", "initrd.img", "vmlinuz"])
    }
}
