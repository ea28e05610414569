// The compression function with the SHA-2 instructions of Armv8 (Arm ARM DDI 0487:
// SHA256H, SHA256H2, SHA256SU0, SHA256SU1).
//
// void sha256_blocks_arm_sha(uint32_t state[8], const uint8_t *blocks,
//                            size_t count, const uint32_t constants[64])
//
// In assembly, since purgatory is compiled for general registers alone, and a file
// that may use others may use them everywhere.

#if defined(__aarch64__) && !defined(__AARCH64EB__)

    .arch armv8-a+crypto

    // v0, v1: a to d, e to h. v2, v3: the same before the block. v4 to v7: the last
    // 16 words of the message schedule. v16: four of them with their constants.
    // v17: a to d before four rounds. v18: constants.

    // Four rounds of FIPS 180-4 section 6.2.2 step 3.
    .macro four_rounds words
    ld1 {v18.4s}, [x4], #16
    add v16.4s, \words\().4s, v18.4s
    mov v17.16b, v0.16b
    sha256h q0, q1, v16.4s
    sha256h2 q1, q17, v16.4s
    .endm

    // The same, and the next four words of the schedule over the oldest.
    .macro four_rounds_and_words oldest, second, third, newest
    four_rounds \oldest
    sha256su0 \oldest\().4s, \second\().4s
    sha256su1 \oldest\().4s, \third\().4s, \newest\().4s
    .endm

    .section .text, "ax", @progbits
    .globl sha256_blocks_arm_sha
    .hidden sha256_blocks_arm_sha
    .type sha256_blocks_arm_sha, @function
    .balign 16
sha256_blocks_arm_sha:
    cbz x2, 2f
    ld1 {v0.4s, v1.4s}, [x0]
1:
    ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
    mov x4, x3
    mov v2.16b, v0.16b
    mov v3.16b, v1.16b
    rev32 v4.16b, v4.16b
    rev32 v5.16b, v5.16b
    rev32 v6.16b, v6.16b
    rev32 v7.16b, v7.16b

    .rept 3
    four_rounds_and_words v4, v5, v6, v7
    four_rounds_and_words v5, v6, v7, v4
    four_rounds_and_words v6, v7, v4, v5
    four_rounds_and_words v7, v4, v5, v6
    .endr
    four_rounds v4
    four_rounds v5
    four_rounds v6
    four_rounds v7

    add v0.4s, v0.4s, v2.4s
    add v1.4s, v1.4s, v3.4s
    sub x2, x2, #1
    cbnz x2, 1b
    st1 {v0.4s, v1.4s}, [x0]
2:
    ret
    .size sha256_blocks_arm_sha, . - sha256_blocks_arm_sha

#endif

    .section .note.GNU-stack, "", @progbits
