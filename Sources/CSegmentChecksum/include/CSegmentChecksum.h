// A cheap checksum of a segment, by which it is told which one has changed when
// the digest over all of them does not fit. Freestanding, as CSHA256: loader,
// inspection and purgatory share it.
//
// It is no digest: whoever wants to can make bytes of the same checksum. But two
// runs of bytes that differ within one word of eight bytes never have the same.

#ifndef CSEGMENTCHECKSUM_H
#define CSEGMENTCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// Words of eight bytes that are taken at once, each by a lane of its own: a CPU
/// multiplies them side by side.
#define SEGMENT_CHECKSUM_LANES 4
/// In bytes: 32.
#define SEGMENT_CHECKSUM_BLOCK (8 * SEGMENT_CHECKSUM_LANES)

struct segment_checksum {
    uint64_t lanes[SEGMENT_CHECKSUM_LANES];
    /// Bytes so far.
    uint64_t length;
};

void segment_checksum_init(struct segment_checksum *checksum);

/// Takes the next bytes: a multiple of SEGMENT_CHECKSUM_BLOCK, but for the last
/// call, whose rest is filled up with zeroes.
void segment_checksum_update(struct segment_checksum *checksum, const void *bytes, size_t count);

uint64_t segment_checksum_final(const struct segment_checksum *checksum);

#endif
