import BinaryLayout
import FirmwareAssistedDump
import TestSupport
import Testing

/// Which kernels understand each other: the checks of a capture kernel, in their order.
@Suite struct CrashInfoVerdictTests {
    private static let guest = CaptureKernelABI(byteOrder: .littleEndian, registersSize: 384, cpuMaskSize: 8)
    private static let bigEndian = CaptureKernelABI(byteOrder: .bigEndian, registersSize: 384, cpuMaskSize: 8)
    private static let noise = Array("no header at all".utf8) + [UInt8](repeating: 0, count: 416)

    private func verdict(_ bytes: [UInt8], _ kernel: CaptureKernelABI) throws -> CrashInfoVerdict {
        try CrashInfoVerdict(bytes.span, for: kernel)
    }

    @Test func theGuestProcessedItsOwn() throws {
        for name in ["header-registered.bin", "header-crashed.bin"] {
            #expect(try verdict(try FadumpFixture.plain.bytes(name), Self.guest) == .processed)
        }
    }

    @Test(arguments: [
        (SyntheticHeader.older(), guest, CrashInfoVerdict.refused(.oldMagic)),
        (SyntheticHeader.older(bigEndian: true), bigEndian, .refused(.oldMagic)),
        // The old number is not looked for in the other byte order.
        (SyntheticHeader.older(bigEndian: true), guest, .refused(.corrupted)),
        (SyntheticHeader.current(), bigEndian, .refused(.byteOrder)),
        (SyntheticHeader.current(bigEndian: true), guest, .refused(.byteOrder)),
        (SyntheticHeader.current(bigEndian: true), bigEndian, .processed),
        (noise, guest, .refused(.corrupted)),
        (noise, bigEndian, .refused(.corrupted)),
        (SyntheticHeader.current(registers: [UInt8](repeating: 0, count: 376)), guest, .refused(.size)),
        (SyntheticHeader.current(mask: [UInt8](repeating: 0, count: 256)), guest, .refused(.size)),
        // The byte order is judged first.
        (SyntheticHeader.current(mask: [UInt8](repeating: 0, count: 256)), bigEndian, .refused(.byteOrder)),
        // The version is not compared.
        (SyntheticHeader.current(version: 7), guest, .processed),
        (SyntheticHeader.current(version: 0), guest, .processed),
        // What never shipped has other fields where the sizes are.
        (
            SyntheticHeader.versionAfterCPUMask(registers: [UInt8](repeating: 0, count: 384), mask: [3, 0, 0, 0, 0, 0, 0, 0]), guest,
            .refused(.size)
        ),
        (
            SyntheticHeader.elfcorehdrAddressInside(registers: [UInt8](repeating: 0, count: 384), mask: [3, 0, 0, 0, 0, 0, 0, 0]), guest,
            .refused(.size)
        ),
    ])
    func verdicts(_ bytes: [UInt8], _ kernel: CaptureKernelABI, _ expected: CrashInfoVerdict) throws {
        #expect(try verdict(bytes, kernel) == expected)
    }

    /// Kernels before 6.10 take a dump with their own magic number, whatever the sizes, and no other (rtas_fadump_process()).
    @Test(arguments: [
        (SyntheticHeader.older(), CaptureKernelABI(byteOrder: .littleEndian, isOlder: true), CrashInfoVerdict.processed),
        (SyntheticHeader.older(bigEndian: true), CaptureKernelABI(byteOrder: .bigEndian, isOlder: true), .processed),
        (SyntheticHeader.older(), CaptureKernelABI(byteOrder: .bigEndian, isOlder: true), .refused(.notValid)),
        (SyntheticHeader.current(), CaptureKernelABI(byteOrder: .littleEndian, isOlder: true), .refused(.notValid)),
        (SyntheticHeader.current(), CaptureKernelABI(isOlder: true), .refused(.notValid)),
        (noise, CaptureKernelABI(byteOrder: .littleEndian, isOlder: true), .refused(.notValid)),
        (SyntheticHeader.older(), CaptureKernelABI(isOlder: true), .unknown(missing: [.byteOrder])),
    ])
    func olderCaptureKernel(_ bytes: [UInt8], _ kernel: CaptureKernelABI, _ expected: CrashInfoVerdict) throws {
        #expect(try verdict(bytes, kernel) == expected)
    }

    /// What is not known is asked for only where something hangs on it.
    @Test(arguments: [
        (CaptureKernelABI(), CrashInfoVerdict.unknown(missing: [.byteOrder])),
        (CaptureKernelABI(byteOrder: .littleEndian), .unknown(missing: [.registersSize, .cpuMaskSize])),
        (CaptureKernelABI(byteOrder: .littleEndian, registersSize: 384), .unknown(missing: [.cpuMaskSize])),
        (CaptureKernelABI(byteOrder: .littleEndian, cpuMaskSize: 8), .unknown(missing: [.registersSize])),
        (CaptureKernelABI(byteOrder: .littleEndian, cpuMaskSize: 256), .refused(.size)),
        (CaptureKernelABI(byteOrder: .littleEndian, registersSize: 0), .refused(.size)),
        (CaptureKernelABI(byteOrder: .bigEndian), .refused(.byteOrder)),
        (CaptureKernelABI(registersSize: 384, cpuMaskSize: 8), .unknown(missing: [.byteOrder])),
    ])
    func unknown(_ kernel: CaptureKernelABI, _ expected: CrashInfoVerdict) throws {
        #expect(try verdict(SyntheticHeader.current(), kernel) == expected)
    }

    @Test func whatIsCertainNeedsNothing() throws {
        #expect(try verdict(Self.noise, CaptureKernelABI()) == .refused(.corrupted))
        // "old" to a kernel of its byte order, "corrupted" to the other: no kernel takes it.
        for isBigEndian in [false, true] {
            #expect(try verdict(SyntheticHeader.older(bigEndian: isBigEndian), CaptureKernelABI()) == .refused(.oldMagic))
            // A mismatch of the size to a kernel of its byte order, of that to the other.
            for kernel in [CaptureKernelABI(registersSize: 376), CaptureKernelABI(cpuMaskSize: 256)] {
                #expect(try verdict(SyntheticHeader.current(bigEndian: isBigEndian), kernel) == .refused(.size))
            }
        }
    }

    /// Only as much is read as the verdict needs.
    @Test func truncated() throws {
        let whole = SyntheticHeader.current()
        for length in 0..<40 {
            #expect(throws: CrashInfoError.self) { try verdict(Array(whole.prefix(length)), Self.guest) }
        }
        #expect(try verdict(Array(whole.prefix(40)), Self.guest) == .processed)
        #expect(try verdict(Array(SyntheticHeader.older().prefix(8)), Self.guest) == .refused(.oldMagic))
    }
}
