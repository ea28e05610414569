import ByteStorage
import KernelImage
import TestSupport
import Testing

/// Users give the wrong file: it is called by its name.
@Suite struct ForeignFormatTests {
    struct Sample: Sendable {
        let format: KernelFormat
        let bytes: [UInt8]

        /// A kilobyte of zeros with these bytes at these places.
        init(_ format: KernelFormat, _ pieces: [Int: [UInt8]]) {
            var bytes = [UInt8](repeating: 0, count: 1024)
            for (offset, piece) in pieces { bytes.replaceSubrange(offset..<offset + piece.count, with: piece) }
            self.format = format
            self.bytes = bytes
        }
    }

    /// Magic numbers from the formats' own documents: boot.rst, ELF, arm64/booting.rst,
    /// EFI zboot (drivers/firmware/efi/libstub/zboot-header.S), PE/COFF, U-Boot, cpio(5).
    static let samples: [Sample] = [
        Sample(.elf, [0: [0x7f, 0x45, 0x4c, 0x46]]),
        Sample(.arm64Image, [0x38: [0x41, 0x52, 0x4d, 0x64]]),
        Sample(.arm64Image, [0: Array("MZ".utf8), 0x38: [0x41, 0x52, 0x4d, 0x64]]),
        Sample(.efiZboot, [0: Array("MZ".utf8), 4: Array("zimg".utf8)]),
        Sample(.portableExecutable, [0: Array("MZ".utf8)]),
        Sample(.uImage, [0: [0x27, 0x05, 0x19, 0x56]]),
        Sample(.cpio, [0: Array("070701".utf8)]),
        Sample(.cpio, [0: Array("070702".utf8)]),
        Sample(.unknown, [:]),
        // A boot sector is no kernel, and neither is its magic at another place.
        Sample(.unknown, [0x1fe: [0x55, 0xaa]]),
        Sample(.unknown, [0x202: Array("HdrS".utf8)]),
    ]

    @Test(arguments: samples) func isNamed(_ sample: Sample) {
        #expect(detect(sample.bytes) == sample.format)
        let error = #expect(throws: KernelImageError.foreign(sample.format)) { try BzImage(Bytes(sample.bytes)) }
        #expect(error?.description.contains(sample.format.rawValue) == true)
    }

    @Test(arguments: samples) func everyPrefixIsAnError(_ sample: Sample) {
        for length in 0..<sample.bytes.count {
            #expect(throws: KernelImageError.self) { try BzImage(Bytes(Array(sample.bytes[..<length]))) }
        }
    }

    /// This program itself is an ELF file.
    @Test func realFiles() throws {
        #expect(detect(try fileBytes("/proc/self/exe")) == .elf)
        #expect(detect(SyntheticBzImage.small().bytes) == .bzImage)
    }
}

private func detect(_ bytes: [UInt8]) -> KernelFormat { KernelFormat.detect(bytes.span) }
