// The compression function with the SHA extensions of x86_64 (Intel SDM
// volume 2: SHA256RNDS2, SHA256MSG1, SHA256MSG2).

#include "sha256_blocks.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

// This is the only code of purgatory that may use a vector register, and the
// build checks that by the symbol's name.
__attribute__((target("sha,sse4.1,ssse3"))) void sha256_blocks_x86_sha(uint32_t state[8], const uint8_t *blocks,
                                                                       size_t count) {
    const __m128i *constants = (const __m128i *)sha256_round_constants;
    const __m128i big_endian_words = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);

    // The instructions want the state as {a b e f} and {c d g h}, the first
    // named in the highest lane; memory has {d c b a} and {h g f e} so read.
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)&state[0]), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)&state[4]), 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, badc, 0xf0);

    for (; count != 0; count--, blocks += SHA256_BLOCK_SIZE) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;

        // Four words a register: the last 16 words of the message schedule.
        __m128i w[4];
#pragma GCC unroll 16
        for (int group = 0; group < 16; group++) {
            __m128i *const words = &w[group % 4];
            if (group < 4) {
                *words = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)blocks + group), big_endian_words);
            } else {
                // Each word is the sum of those 16 and 7 rounds ago and of the
                // sigma functions of those 15 and 2 rounds ago. The sixteenth
                // stands in the register that is written over.
                const __m128i after_oldest = w[(group + 1) % 4];
                const __m128i before_newest = w[(group + 2) % 4];
                const __m128i newest = w[(group + 3) % 4];
                const __m128i seven_ago = _mm_alignr_epi8(newest, before_newest, 4);
                *words = _mm_sha256msg1_epu32(*words, after_oldest);
                *words = _mm_add_epi32(*words, seven_ago);
                *words = _mm_sha256msg2_epu32(*words, newest);
            }

            // Two rounds take the lower two words of their operand, and what
            // comes out is the new {a b e f}; the old one is the new {c d g h}.
            const __m128i four_rounds = _mm_add_epi32(*words, _mm_load_si128(constants + group));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, four_rounds);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(four_rounds, 0x0e));
        }

        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    // Back to the order of memory.
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)&state[0], _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)&state[4], _mm_alignr_epi8(dchg, feba, 8));
}

enum sha256_implementation sha256_best_implementation(void) {
    const unsigned ssse3_and_sse4_1 = 1u << 9 | 1u << 19; // leaf 1, ECX
    const unsigned sha = 1u << 29;                        // leaf 7, EBX
    unsigned eax, ebx, ecx, edx;

    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & ssse3_and_sse4_1) != ssse3_and_sse4_1)
        return SHA256_PORTABLE;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ebx & sha))
        return SHA256_PORTABLE;
    return SHA256_X86_SHA;
}

#else

enum sha256_implementation sha256_best_implementation(void) {
    return SHA256_PORTABLE;
}

#endif
