import PhysicalMemory
import Testing

@testable import LoadPlan

/// mem= and memmap= as Documentation/admin-guide/kernel-parameters.txt has them.
@Suite struct MemoryParametersTests {
    private static let gibibyte: UInt64 = 1 << 30

    private func range(_ start: UInt64, _ end: UInt64) throws -> PhysicalRange {
        try #require(PhysicalRange(start: PhysicalAddress(start), end: PhysicalAddress(end)))
    }

    /// An image at 2 GiB of a machine with RAM from 1 to 3 GiB; what lies at 1 GiB is to be dumped.
    private func warnings(_ line: String, _ dialect: MemoryParameters.Dialect = .addresses) throws -> [String] {
        let parameters = MemoryParameters(KernelCommandLine(line), in: dialect, ram: [try range(Self.gibibyte, 3 * Self.gibibyte)])
        let image = try range(2 * Self.gibibyte, 2 * Self.gibibyte + (64 << 20))
        return parameters.warnings(image: [("kernel", image)], kept: [try range(Self.gibibyte, 2 * Self.gibibyte)])
    }

    @Test(
        arguments: [
            "mem=2G", "mem=0x80000000", "mem=2048m", "mem=020000000000", "a mem=2214592511 b", "memmap=2G", "memmap=64M$2G",
            "memmap=1M#2097152K",
            "memmap=64M!2G", "memmap=64M%2G-1+2", "memmap=1K$0,4K$0x83fff000", "memmap=exactmap", "memmap=exactmap memmap=63M@2G",
        ]) func takesMemory(_ line: String) throws
    {
        let warnings = try warnings(line)
        #expect(
            warnings.count == 1 && warnings[0].contains("takes memory away from the new kernel that the image lies in (kernel at"),
            "\(warnings)")
    }

    @Test(
        arguments: [
            "", "mem=2214592512", "mem=4G", "mem=nopentium", "mem=", "mem=x", "mem=2Gx", "mem=99999999999999999999G", "mem=0",
            "memmap=64M$3G",
            "memmap=64M$0x7c000000", "memmap=exactmap memmap=64M@2G", "memmap=@2G", "memmap=1G&2G", "quiet -- mem=1M memmap=exactmap",
            "xmem=1M",
        ]) func doesNot(_ line: String) throws
    { #expect(try warnings(line) == []) }

    @Test(arguments: ["memmap=1G@1G", "memmap=64M@0x7ffff000", "memmap=1M%1G-2+1"]) func makesMemory(_ line: String) throws {
        let warnings = try warnings(line)
        #expect(warnings.count == 1 && warnings[0].contains("gives the new kernel memory that is to be dumped"), "\(warnings)")
    }

    /// Elsewhere mem= is an amount, and memmap= is nothing.
    @Test func amounts() throws {
        #expect(try warnings("mem=1G", .amount).count == 1)
        #expect(try warnings("mem=1087M", .amount).count == 1)
        #expect(try warnings("mem=1088M", .amount) == [])
        #expect(try warnings("mem=2G", .amount) == [])
        #expect(try warnings("memmap=exactmap memmap=1G@1G", .amount) == [])
    }
}
