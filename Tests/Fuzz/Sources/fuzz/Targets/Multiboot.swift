import ByteStorage
import KernelImage
import TestSupport

extension FuzzTarget {
    /// Headers, tags and parts of images of both Multiboot specifications.
    static let multiboot = FuzzTarget(name: "multiboot") {
        var seeds: [[UInt8]] = []
        for container in [SyntheticMultiboot.Container.elf32, .elf64] {
            for version in [1, 2] {
                var image = SyntheticMultiboot(version: version)
                image.container = container
                image.headerAt = 0x100
                seeds.append(image.bytes)
            }
        }
        var flat = SyntheticMultiboot(version: 1, pieces: [.init(0x10_0000, Array("kernel".utf8))])
        flat.container = .flat
        flat.headerAt = 0
        flat.flags = 1 << 16 | 3
        flat.addresses = [0x10_0000, 0x10_0000, 0, 0x10_4000, 0x10_0020]
        seeds.append(flat.bytes)
        var tagged = SyntheticMultiboot(version: 2, pieces: [.init(0x10_0000, Array("kernel".utf8))])
        tagged.container = .flat
        tagged.headerAt = 8
        tagged.tags = [
            SyntheticMultiboot.tag(1, [1, 6, 14, 15]), SyntheticMultiboot.tag(1, optional: true, [8]),
            SyntheticMultiboot.tag(2, [0x10_0008, 0x10_0000, 0, 0x10_4000]), SyntheticMultiboot.tag(3, [0x10_0080]),
            SyntheticMultiboot.tag(4, [2]), SyntheticMultiboot.tag(5, optional: true, [800, 600, 32]),
            SyntheticMultiboot.tag(6, []), SyntheticMultiboot.tag(10, [0x10_0000, 0x1000_0000, 0x20_0000, 1]),
        ]
        seeds.append(tagged.bytes)
        return seeds
    } read: { bytes in
        let file = Bytes(bytes)
        _ = MultibootImage.version(of: file)
        for version in [MultibootImage.Version.one, .two] {
            attempt {
                let image = try MultibootImage(file, version: version)
                promise(image.pieces.contains { $0.memory.contains(image.entry) }, "the entry lies within a piece")
                promise(image.memory.end.rawValue <= 1 << 32, "an image lies below 4 GiB")
                for piece in image.pieces {
                    promise(piece.bytes.upperBound <= bytes.count, "a piece lies within the file")
                    promise(UInt64(piece.bytes.count) <= piece.memory.size.rawValue, "a piece's bytes fit its memory")
                }
                for (piece, next) in zip(image.pieces, image.pieces.dropFirst()) {
                    promise(piece.memory.end <= next.memory.start, "pieces are in order and do not overlap")
                }
            }
        }
    }
}
