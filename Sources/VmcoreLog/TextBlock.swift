/// A block of the text ring: the ID of its descriptor (a long), then the text and padding.
///
/// A descriptor names it by two logical positions (struct prb_data_blk_lpos), which count all bytes
/// ever handed out and wrap at 2^64: the low bits are an index into the ring, the others say how
/// often the ring was gone round. Two odd ones are none: the record has no text, or it got lost.
/// All others are multiples of the ID's size.
struct TextBlock: Equatable {
    private static let idSize: UInt64 = 8

    /// Bytes from the ring's start to the text.
    let textOffset: UInt64
    /// The most bytes the text can have.
    let textRoom: Int
    /// Of the whole block, in bytes.
    let blockSize: UInt64

    /// Nil where no block can be there.
    init?(begin: UInt64, next: UInt64, sizeBits: UInt64) {
        let size: UInt64 = 1 << sizeBits
        if begin & 1 == 1, next & 1 == 1 {
            (textOffset, textRoom, blockSize) = (0, 0, 0)
            return
        }
        guard begin % Self.idSize == 0, next % Self.idSize == 0 else { return nil }
        let start: UInt64
        let lastRound = (next &- 1) >> sizeBits
        if begin >> sizeBits == lastRound {
            // `next` may be the start of the next round: the block ends with the ring.
            guard begin <= next &- 1 else { return nil }
            start = begin & (size - 1)
            blockSize = next &- begin
        } else if (begin &+ size) >> sizeBits == lastRound {
            // A block is never split: what did not fit at the ring's end begins at its start.
            start = 0
            blockSize = next & (size - 1) == 0 ? size : next & (size - 1)
        } else {
            return nil
        }
        guard blockSize >= Self.idSize else { return nil }
        textOffset = start + Self.idSize
        textRoom = Int(blockSize - Self.idSize)
    }
}
