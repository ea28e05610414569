import LoadPlan
import PhysicalMemory
import Testing

@testable import Readiness

/// crashkernel= as the kernel reads it.
struct CrashKernelParameterTests {
    @Test(arguments: [
        ("crashkernel=256M", CrashKernelParameter.Size.bytes(.mebibytes(256))),
        ("crashkernel=256M@16M", .bytes(.mebibytes(256))),
        ("crashkernel=1g", .bytes(.mebibytes(1024))),
        ("crashkernel=0x10000000", .bytes(.mebibytes(256))),
        ("crashkernel=262144K", .bytes(.mebibytes(256))),
        ("crashkernel=512M,high crashkernel=128M,low", .bytes(.mebibytes(512))),
        ("crashkernel=128M,low crashkernel=512M,high", .bytes(.mebibytes(512))),
        ("crashkernel=512M,high crashkernel=256M", .bytes(.mebibytes(256))),
        ("crashkernel=256M crashkernel=1G,cma", .bytes(.mebibytes(256))),
        ("crashkernel=128M crashkernel=256M", .bytes(.mebibytes(256))),
        ("crashkernel=1G-4G:160M,4G-64G:192M,64G-:512M", .bytes(.mebibytes(160))),
        ("crashkernel=0-1G:128M,1G-:256M@16M", .bytes(.mebibytes(256))),
        // RAM is rounded up to 128 MiB: 2 GiB less the firmware's part count as 2 GiB.
        ("crashkernel=2G-:192M", .bytes(.mebibytes(192))),
        ("crashkernel=4G-:256M", .bytes(.zero)),
        ("crashkernel=auto", .garbled),
        ("crashkernel=", .garbled),
        ("crashkernel=1G-4G", .garbled),
        ("crashkernel=4G-1G:128M", .garbled),
        ("crashkernel=1G-4G:160M,", .garbled),
        ("crashkernel=18446744073709551615G", .garbled),
        ("crashkernel=:", .garbled),
        ("crashkernel=,high", .garbled),
    ])
    func size(_ line: String, _ expected: CrashKernelParameter.Size) throws {
        let parameter = try #require(CrashKernelParameter(on: KernelCommandLine(line)))
        #expect(parameter.size(ram: ByteCount(0x7ffd_0000 as UInt64)) == expected)
    }

    @Test func withoutTheAmountOfRAM() throws {
        let ranges = try #require(CrashKernelParameter(on: KernelCommandLine("crashkernel=1G-4G:160M")))
        #expect(ranges.size(ram: nil) == .unknown)
        let fixed = try #require(CrashKernelParameter(on: KernelCommandLine("crashkernel=160M")))
        #expect(fixed.size(ram: nil) == .bytes(.mebibytes(160)))
    }

    @Test(arguments: ["", "quiet", "crashkernel", "crashkernel_x=1M", "crashkernel=64M,low"])
    func none(_ line: String) { #expect(CrashKernelParameter(on: KernelCommandLine(line)) == nil) }
}
