import PlanChecker
import TestSupport

/// A kernel's file, and what it asks for.
struct RandomKernel {
    var bytes: [UInt8]
    var facts: CheckedKernel

    static func x86(_ choices: inout Choices) -> RandomKernel { choices.percent(75) ? bzImage(&choices) : vmlinux(&choices) }

    private static func bzImage(_ choices: inout Choices) -> RandomKernel {
        var image = SyntheticBzImage(protectedMode: choices.bytes(Int(choices.size(64...4096, unit: 16))))
        image.kernelAlignment = UInt32(choices.pick([0x20_0000, 0x20_0000, 0x1000, 0x1_0000, 0x100_0000]))
        let alignment = UInt64(image.kernelAlignment)
        image.prefAddress =
            choices.percent(60)
            ? 0x100_0000 : choices.percent(70) ? choices.number(0...64) * alignment : choices.number(0...0x8000) * alignment
        image.initSize = UInt32(choices.size(0x1000...0x800_0000, unit: choices.pick([1, 0x1000])))
        image.initrdAddrMax = choices.pick([0x7fff_ffff, 0x37ff_ffff, 0xffff_ffff])
        image.cmdlineSize = choices.pick([2047, 255, 4095])
        // 64-bit entry, above 4 GiB, EFI, five levels.
        image.xloadflags = choices.pick([0x7f, 0x3f, 0x0b, 0x01, 0x00, 0x02])
        image.version = choices.pick([0x020f, 0x020e, 0x020c])
        image.relocatable = image.xloadflags & 1 == 0 && choices.percent(50) ? 0 : 1
        if image.relocatable == 0, image.prefAddress < 0x10_0000 { image.prefAddress = 0x10_0000 }
        return RandomKernel(
            bytes: image.bytes,
            facts: .bzImage(
                .init(
                    prefAddress: image.prefAddress, initSize: UInt64(image.initSize), alignment: alignment,
                    isRelocatable: image.relocatable != 0, canBeAbove4G: image.xloadflags & 3 == 3,
                    initrdAddressMax: UInt64(image.initrdAddrMax), commandLineSize: UInt64(image.cmdlineSize))))
    }

    /// PT_LOADs with gaps between them, as modern vmlinux have them, and some that share a page.
    private static func vmlinux(_ choices: inout Choices) -> RandomKernel {
        var address: UInt64 = choices.pick([0x100_0000, 0x20_0000, 0x10_0000, 0x4000_0000])
        var loads: [SyntheticELFKernel.Load] = []
        for _ in 0..<choices.number(1...5) {
            let size = choices.size(16...2048, unit: 1)
            // What shares a page is copied, with all that lies between.
            let isFollowedClosely = choices.percent(20)
            let memory = choices.size(size...max(size, isFollowedClosely ? 0x4000 : 0x100_0000), unit: 1)
            loads.append(.init(at: address, choices.bytes(Int(size)), memorySize: memory))
            address += memory
            guard !isFollowedClosely else { continue }
            address = (address + 0xfff) / 0x1000 * 0x1000 + choices.pick([0, 0x1000, 0x20_0000, 0x123_4000])
        }
        var kernel = SyntheticELFKernel(loads)
        kernel.type = choices.percent(50) ? 3 : 2
        let pieces = loads.map { Extent($0.physical, $0.physical + max($0.memorySize ?? 0, UInt64($0.contents.count))) }
        return RandomKernel(bytes: kernel.bytes, facts: .elf(pieces: pieces, isRelocatable: kernel.type == 3))
    }

    static func ppc64(_ choices: inout Choices) -> RandomKernel {
        let size = choices.size(256...4096, unit: 1)
        let memory = choices.size(max(size, 0x1_0000)...0x400_0000, unit: 1)
        return RandomKernel(bytes: SyntheticELFKernel.ppc64(bytes: Int(size), memorySize: memory).bytes, facts: .ppc64(memorySize: memory))
    }

    static func arm64(_ choices: inout Choices) -> RandomKernel {
        var image = SyntheticARM64Image()
        image.size = Int(choices.size(64...4096, unit: 1))
        image.textOffset = choices.pick([0, 0, 0x8_0000, choices.number(0...31) * 0x1_0000])
        image.imageSize = choices.percent(15) ? 0 : choices.size(UInt64(image.size)...0x800_0000, unit: choices.pick([1, 0x1_0000]))
        image.imageSize = image.imageSize == 0 ? 0 : max(image.imageSize, UInt64(image.size))
        image.flags = choices.pick([0xa, 0x2, 0x8, 0xe, 0x0])
        return RandomKernel(
            bytes: image.bytes,
            facts: .arm64(.init(textOffset: image.textOffset, imageSize: image.imageSize, fileSize: UInt64(image.size))))
    }

    static func riscv64(_ choices: inout Choices) -> RandomKernel {
        var image = SyntheticRISCVImage()
        image.size = Int(choices.size(64...4096, unit: 1))
        image.imageSize = max(choices.size(UInt64(image.size)...0x800_0000, unit: choices.pick([1, 0x1000])), UInt64(image.size))
        image.textOffset = choices.pick([0, 0x20_0000, 0x40_0000])
        return RandomKernel(bytes: image.bytes, facts: .riscv64(imageSize: image.imageSize))
    }
}
