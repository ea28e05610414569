// What the block functions share. A block function takes a run of blocks, not
// one, so that it can keep the state in registers from the first to the last.

#ifndef SHA256_BLOCKS_H
#define SHA256_BLOCKS_H

#include "CSHA256.h"

// Hidden, so that position-independent code reaches these without a global
// offset table: its entries would be relocations.
#pragma GCC visibility push(hidden)

/// K of FIPS 180-4 section 4.2.2, aligned for 16-byte loads.
extern const uint32_t sha256_round_constants[64];

void sha256_blocks_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

#if defined(__x86_64__)
void sha256_blocks_x86_sha(uint32_t state[8], const uint8_t *blocks, size_t count);
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define SHA256_HAS_PPC
void sha256_blocks_ppc_sha(uint32_t state[8], const uint8_t *blocks, size_t count, const uint32_t constants[64]);
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define SHA256_HAS_ARM
void sha256_blocks_arm_sha(uint32_t state[8], const uint8_t *blocks, size_t count, const uint32_t constants[64]);
#elif defined(__riscv) && __riscv_xlen == 64
#define SHA256_HAS_RISCV
void sha256_blocks_riscv_zknh(uint32_t state[8], const uint8_t *blocks, size_t count);
void sha256_blocks_riscv_zvknha(uint32_t state[8], const uint8_t *blocks, size_t count, const uint32_t constants[64]);
#endif

#pragma GCC visibility pop

#endif
