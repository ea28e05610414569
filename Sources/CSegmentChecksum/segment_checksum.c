#include "CSegmentChecksum.h"

#define WORD_SIZE 8
#define ROTATION  29
// 2^64 divided by the golden ratio: odd, so that a product can be undone, and of
// bits without a pattern.
#define MULTIPLIER 0x9e3779b97f4a7c15

// Every machine of purgatory is little-endian. The bytes may lie anywhere.
struct word {
    uint64_t value;
} __attribute__((packed, may_alias));

// For a given word each value comes from one, and for a given value each word
// makes another: no change of one word gets lost.
static uint64_t take(uint64_t value, uint64_t word) {
    const uint64_t mixed = value ^ word;

    return (mixed << ROTATION | mixed >> (64 - ROTATION)) * MULTIPLIER;
}

void segment_checksum_init(struct segment_checksum *checksum) {
    for (int i = 0; i < SEGMENT_CHECKSUM_LANES; i++)
        checksum->lanes[i] = (uint64_t)i;
    checksum->length = 0;
}

// Byte by byte: a call of memcpy() is not to be had in purgatory.
static void take_rest(struct segment_checksum *checksum, const uint8_t *bytes, size_t count) {
    uint64_t words[SEGMENT_CHECKSUM_LANES] = {0};

    for (size_t i = 0; i < count; i++)
        words[i / WORD_SIZE] |= (uint64_t)bytes[i] << (8 * (i % WORD_SIZE));
    for (int i = 0; i < SEGMENT_CHECKSUM_LANES; i++)
        checksum->lanes[i] = take(checksum->lanes[i], words[i]);
}

void segment_checksum_update(struct segment_checksum *checksum, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t a = checksum->lanes[0], b = checksum->lanes[1], c = checksum->lanes[2], d = checksum->lanes[3];

    checksum->length += count;
    for (; count >= SEGMENT_CHECKSUM_BLOCK; count -= SEGMENT_CHECKSUM_BLOCK, next += SEGMENT_CHECKSUM_BLOCK) {
        const struct word *words = (const struct word *)next;

        a = take(a, words[0].value);
        b = take(b, words[1].value);
        c = take(c, words[2].value);
        d = take(d, words[3].value);
    }
    checksum->lanes[0] = a;
    checksum->lanes[1] = b;
    checksum->lanes[2] = c;
    checksum->lanes[3] = d;
    if (count != 0)
        take_rest(checksum, next, count);
}

uint64_t segment_checksum_final(const struct segment_checksum *checksum) {
    uint64_t value = checksum->length;

    for (int i = 0; i < SEGMENT_CHECKSUM_LANES; i++)
        value = take(value, checksum->lanes[i]);
    return value;
}
