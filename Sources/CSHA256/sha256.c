// The message: cut into blocks, padded, and its length appended (FIPS 180-4
// section 5.1.1).

#include "CSHA256.h"

#include "sha256_blocks.h"

// Where the message's length in bits stands in the last block.
#define LENGTH_OFFSET (SHA256_BLOCK_SIZE - 8)

// A branch and not a pointer to the function: a table of pointers would need
// relocations in purgatory.
static void process_blocks(struct sha256_context *context, const uint8_t *blocks, size_t count) {
#if defined(__x86_64__)
    if (context->implementation == SHA256_X86_SHA) {
        sha256_blocks_x86_sha(context->state, blocks, count);
        return;
    }
#elif defined(SHA256_HAS_PPC)
    if (context->implementation == SHA256_PPC_SHA) {
        sha256_blocks_ppc_sha(context->state, blocks, count, sha256_round_constants);
        return;
    }
#elif defined(SHA256_HAS_ARM)
    if (context->implementation == SHA256_ARM_SHA) {
        sha256_blocks_arm_sha(context->state, blocks, count, sha256_round_constants);
        return;
    }
#elif defined(SHA256_HAS_RISCV)
    if (context->implementation == SHA256_RISCV_ZVKNHA) {
        sha256_blocks_riscv_zvknha(context->state, blocks, count, sha256_round_constants);
        return;
    }
    if (context->implementation == SHA256_RISCV_ZKNH) {
        sha256_blocks_riscv_zknh(context->state, blocks, count);
        return;
    }
#endif
    sha256_blocks_portable(context->state, blocks, count);
}

void sha256_init(struct sha256_context *context, enum sha256_implementation implementation) {
    // The first 32 bits of the fractional parts of the square roots of the
    // first eight prime numbers (section 5.3.3).
    context->state[0] = 0x6a09e667;
    context->state[1] = 0xbb67ae85;
    context->state[2] = 0x3c6ef372;
    context->state[3] = 0xa54ff53a;
    context->state[4] = 0x510e527f;
    context->state[5] = 0x9b05688c;
    context->state[6] = 0x1f83d9ab;
    context->state[7] = 0x5be0cd19;
    context->length = 0;
    context->implementation = implementation;
}

void sha256_update(struct sha256_context *context, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    size_t used = context->length % SHA256_BLOCK_SIZE;

    context->length += count;
    if (used != 0) {
        while (used < SHA256_BLOCK_SIZE && count != 0) {
            context->block[used++] = *next++;
            count--;
        }
        if (used < SHA256_BLOCK_SIZE)
            return;
        process_blocks(context, context->block, 1);
    }

    const size_t whole_blocks = count / SHA256_BLOCK_SIZE;
    if (whole_blocks != 0) {
        process_blocks(context, next, whole_blocks);
        next += whole_blocks * SHA256_BLOCK_SIZE;
    }
    for (size_t i = 0; i < count % SHA256_BLOCK_SIZE; i++)
        context->block[i] = next[i];
}

void sha256_final(struct sha256_context *context, uint8_t digest[SHA256_DIGEST_SIZE]) {
    const uint64_t bits = context->length * 8;
    size_t used = context->length % SHA256_BLOCK_SIZE;

    context->block[used++] = 0x80;
    if (used > LENGTH_OFFSET) {
        while (used < SHA256_BLOCK_SIZE)
            context->block[used++] = 0;
        process_blocks(context, context->block, 1);
        used = 0;
    }
    while (used < LENGTH_OFFSET)
        context->block[used++] = 0;
    for (int i = 0; i < 8; i++)
        context->block[LENGTH_OFFSET + i] = (uint8_t)(bits >> (56 - 8 * i));
    process_blocks(context, context->block, 1);

    for (int i = 0; i < 8; i++) {
        digest[4 * i + 0] = (uint8_t)(context->state[i] >> 24);
        digest[4 * i + 1] = (uint8_t)(context->state[i] >> 16);
        digest[4 * i + 2] = (uint8_t)(context->state[i] >> 8);
        digest[4 * i + 3] = (uint8_t)(context->state[i]);
    }
}
