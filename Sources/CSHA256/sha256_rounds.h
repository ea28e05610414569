// The compression function of FIPS 180-4 section 6.2.2 in C, under the name
// SHA256_BLOCKS. Whoever includes this defines that, and has the four functions of
// section 4.1.2 that rotate: big_sigma0() and so on.

#ifndef SHA256_ROUNDS_H
#define SHA256_ROUNDS_H

#include "sha256_blocks.h"

// Compilers make one byte-swapping load of this, whatever the alignment.
static inline uint32_t load_big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

static inline uint32_t choose(uint32_t x, uint32_t y, uint32_t z) {
    return z ^ (x & (y ^ z));
}

static inline uint32_t majority(uint32_t x, uint32_t y, uint32_t z) {
    return (x & y) | (z & (x | y));
}

// One round. The eight working variables do not move: the next round names
// them one place further instead, and after eight rounds each has its own
// name again.
#define ROUND(a, b, c, d, e, f, g, h, t)                                                                               \
    do {                                                                                                               \
        h += big_sigma1(e) + choose(e, f, g) + constants[t] + w[t];                                                    \
        d += h;                                                                                                        \
        h += big_sigma0(a) + majority(a, b, c);                                                                        \
    } while (0)

#define EIGHT_ROUNDS(t)                                                                                                \
    do {                                                                                                               \
        ROUND(a, b, c, d, e, f, g, h, (t) + 0);                                                                        \
        ROUND(h, a, b, c, d, e, f, g, (t) + 1);                                                                        \
        ROUND(g, h, a, b, c, d, e, f, (t) + 2);                                                                        \
        ROUND(f, g, h, a, b, c, d, e, (t) + 3);                                                                        \
        ROUND(e, f, g, h, a, b, c, d, (t) + 4);                                                                        \
        ROUND(d, e, f, g, h, a, b, c, (t) + 5);                                                                        \
        ROUND(c, d, e, f, g, h, a, b, (t) + 6);                                                                        \
        ROUND(b, c, d, e, f, g, h, a, (t) + 7);                                                                        \
    } while (0)

void SHA256_BLOCKS(uint32_t state[8], const uint8_t *blocks, size_t count) {
    for (; count != 0; count--, blocks += SHA256_BLOCK_SIZE) {
        const uint32_t *constants = sha256_round_constants;
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

        // The last 16 words of the message schedule; W of round t stands in
        // w[t % 16].
        uint32_t w[16];
#pragma GCC unroll 16
        for (int t = 0; t < 16; t++)
            w[t] = load_big_endian(blocks + 4 * t);

        EIGHT_ROUNDS(0);
        EIGHT_ROUNDS(8);
        for (int group = 1; group < 4; group++) {
            constants += 16;
#pragma GCC unroll 16
            for (int t = 0; t < 16; t++)
                w[t] += small_sigma0(w[(t + 1) % 16]) + w[(t + 9) % 16] + small_sigma1(w[(t + 14) % 16]);
            EIGHT_ROUNDS(0);
            EIGHT_ROUNDS(8);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}

#endif
