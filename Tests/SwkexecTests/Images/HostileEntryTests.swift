import ByteStorage
import HostState
import KernelImage
import LoadPlan
import TestSupport
import Testing
import X86_64

/// Headers that lie to the 32-bit and the real-mode entry: an error or a plan within memory, never a
/// trap.
struct HostileEntryTests {
    private let host: HostState

    init() throws { host = try HostState.read(SystemRoot(Fixture.bios.sysroot)) }

    private func plan(_ bytes: [UInt8], _ entry: KernelEntry?, _ purpose: LoadPlan.Purpose = .reboot) throws -> LoadPlan {
        var request = LoadRequest(
            purpose: purpose, kernel: .init(name: "vmlinuz", contents: try KernelFile(Bytes(bytes))),
            initrd: .init(name: "initrd.img", contents: Bytes([UInt8](repeating: 1, count: 5000))),
            commandLine: KernelCommandLine("console=ttyS0"), rngSeed: [UInt8](repeating: 0x5a, count: 32))
        var options = X86_64.Options()
        options.entry = entry
        request.checksDigest = false
        return try Planner.plan(request, on: host, for: X86_64(options))
    }

    private func expectSound(_ plan: LoadPlan, _ what: String) {
        for segment in plan.segments {
            #expect(plan.usableMemory.contains { $0.contains(segment.memory) }, "\(what)")
            #expect(segment.memory.end.rawValue <= 1 << 32, "\(what)")
            #expect(segment.loadedSize <= segment.memory.size, "\(what)")
        }
    }

    @Test(arguments: [KernelEntry.bits32, .realMode])
    func everyByteOfTheHeader(_ entry: KernelEntry) throws {
        let good = SyntheticBzImage.small().bytes
        expectSound(try plan(good, entry), "unchanged")
        for position in 0x1f0..<0x290 {
            for value: UInt8 in [0, 0x01, 0x7f, 0xff] {
                var bytes = good
                bytes[position] = value
                if let plan = try? plan(bytes, entry) { expectSound(plan, "\(position) \(value)") }
            }
        }
    }

    @Test(arguments: [KernelEntry.bits32, .realMode])
    func truncatedAtEveryLength(_ entry: KernelEntry) throws {
        let good = SyntheticBzImage.small().bytes
        for length in stride(from: 1, to: good.count, by: 7) {
            #expect(throws: (any Error).self, "\(length)") { try plan(Array(good[..<length]), entry) }
        }
    }

    @Test func extremes() throws {
        let changes: [(inout SyntheticBzImage) -> Void] = [
            { $0.initSize = .max }, { $0.prefAddress = .max }, { $0.prefAddress = 0 }, { $0.kernelAlignment = 0x8000_0000 },
            {
                $0.relocatable = 0
                $0.prefAddress = .max & ~0xfff
            },
            {
                $0.relocatable = 0
                $0.prefAddress = 0x1001
            },
            {
                $0.relocatable = 0
                $0.prefAddress = 0
            }, { $0.initrdAddrMax = 0 }, { $0.initrdAddrMax = .max }, { $0.cmdlineSize = 0 },
        ]
        for (index, change) in changes.enumerated() {
            var image = SyntheticBzImage.small()
            change(&image)
            for entry in [KernelEntry.bits32, .realMode] {
                for purpose in [LoadPlan.Purpose.reboot, .crash] {
                    if let plan = try? plan(image.bytes, entry, purpose) { expectSound(plan, "\(index)") }
                }
            }
        }
    }

    /// Sizes and addresses at the ends of what an ELF file can say.
    @Test func extremesOfELF() throws {
        for is64Bit in [true, false] {
            for physical: UInt64 in [0, 0xfff, 0x1000, 0x9_f000, 0x7fff_f000, 0xffff_f000, 1 << 40, (1 << 52) - 1] {
                for type: UInt64 in [2, 3] {
                    var image = SyntheticELFKernel(is64Bit: is64Bit, [.init(at: physical, [UInt8](repeating: 0x90, count: 64))])
                    image.type = type
                    image.loads[0].alignment = 0x4000_0000
                    for size: UInt64 in [64, 0x1000, 0x7fff_ffff, 1 << 51] {
                        image.loads[0].memorySize = is64Bit ? size : size & 0xffff_ffff
                        if !is64Bit, physical > 0xffff_ffff || size > 0xffff_ffff { continue }
                        for purpose in [LoadPlan.Purpose.reboot, .crash] {
                            if let plan = try? plan(image.bytes, nil, purpose) { expectSound(plan, "\(physical) \(size)") }
                        }
                    }
                }
            }
        }
    }
}
