// The compression function with the vector instructions of ISA 2.07 (Power ISA
// 3.1B, book I, section 6.13: vshasigmaw), for little-endian machines.
//
// void sha256_blocks_ppc_sha(uint32_t state[8], const uint8_t *blocks,
//                            size_t count, const uint32_t constants[64])
//
// In assembly, since the compiler takes the intrinsics only in a file that may
// use vector registers everywhere, and in purgatory only this code may.

#if defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)

    .machine power8
    .abiversion 2

    // vshasigmaw: which of the functions of FIPS 180-4 section 4.1.2.
    .macro small_sigma0 to, from
    vshasigmaw \to, \from, 0, 0
    .endm
    .macro small_sigma1 to, from
    vshasigmaw \to, \from, 0, 15
    .endm
    .macro big_sigma0 to, from
    vshasigmaw \to, \from, 1, 0
    .endm
    .macro big_sigma1 to, from
    vshasigmaw \to, \from, 1, 15
    .endm

    // v0 to v7: a to h, in the leftmost word; the other words are not used.
    // v8 to v11: the last 16 words of the message schedule, the first leftmost.
    // v12: four of them with their constants added. v13, v14: scratch.
    // v16: zero. v17: reverses the bytes of words.
    // v18, v19: the state before the block.

    // One round of section 6.2.2 step 3: what comes out as a is in h, and what
    // comes out as e in d.
    .macro round a, b, c, d, e, f, g, h, word
    vadduwm \h, \h, \word
    vsel %v13, \g, \f, \e               // Ch
    vadduwm \h, \h, %v13
    big_sigma1 %v13, \e
    vadduwm \h, \h, %v13
    vadduwm \d, \d, \h
    vxor %v13, \a, \b
    vsel %v13, \b, \c, %v13             // Maj
    vadduwm \h, \h, %v13
    big_sigma0 %v13, \a
    vadduwm \h, \h, %v13
    .endm

    // Four rounds with the words of v12.
    .macro four_rounds a, b, c, d, e, f, g, h
    round \a, \b, \c, \d, \e, \f, \g, \h, %v12
    vsldoi %v14, %v12, %v12, 4
    round \h, \a, \b, \c, \d, \e, \f, \g, %v14
    vsldoi %v14, %v12, %v12, 8
    round \g, \h, \a, \b, \c, \d, \e, \f, %v14
    vsldoi %v14, %v12, %v12, 12
    round \f, \g, \h, \a, \b, \c, \d, \e, %v14
    .endm

    .macro add_constants words
    lxvw4x 44, 0, %r7                   // v12
    addi %r7, %r7, 16
    vadduwm %v12, %v12, \words
    .endm

    // The next four words of the schedule, over the oldest.
    .macro next_words oldest, second, third, newest
    vsldoi %v13, \oldest, \second, 4    // 15 rounds ago
    small_sigma0 %v13, %v13
    vadduwm \oldest, \oldest, %v13
    vsldoi %v13, \third, \newest, 4     // 7 rounds ago
    vadduwm \oldest, \oldest, %v13
    small_sigma1 %v13, \newest          // 2 rounds ago: for the first two
    vsldoi %v13, %v13, %v16, 8
    vadduwm \oldest, \oldest, %v13
    small_sigma1 %v13, \oldest          // and now for the other two
    vsldoi %v13, %v16, %v13, 8
    vadduwm \oldest, \oldest, %v13
    .endm

    // Eight rounds: after them a to h are in their registers again.
    .macro eight_rounds first, second
    add_constants \first
    four_rounds %v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7
    add_constants \second
    four_rounds %v4, %v5, %v6, %v7, %v0, %v1, %v2, %v3
    .endm

    .macro load_words to, register, offset
    li %r8, \offset
    lxvw4x \register, %r8, %r4
    vperm \to, \to, \to, %v17
    .endm

    .section .text, "ax", @progbits
    .globl sha256_blocks_ppc_sha
    .hidden sha256_blocks_ppc_sha
    .type sha256_blocks_ppc_sha, @function
    .balign 16
sha256_blocks_ppc_sha:
    cmpdi %r5, 0
    beqlr
    mtctr %r5

    li %r8, 0
    lvsl %v17, 0, %r8                   // bytes 0, 1, 2 ... 15
    vspltisb %v13, 3
    vxor %v17, %v17, %v13               // 3, 2, 1, 0, 7, 6, 5, 4 ...
    vspltisw %v16, 0
    li %r9, 16
    lxvw4x 50, 0, %r3                   // v18: a to d
    lxvw4x 51, %r9, %r3                 // v19: e to h

.Lblock:
    load_words %v8, 40, 0
    load_words %v9, 41, 16
    load_words %v10, 42, 32
    load_words %v11, 43, 48
    addi %r4, %r4, 64
    mr %r7, %r6

    vor %v0, %v18, %v18
    vsldoi %v1, %v18, %v18, 4
    vsldoi %v2, %v18, %v18, 8
    vsldoi %v3, %v18, %v18, 12
    vor %v4, %v19, %v19
    vsldoi %v5, %v19, %v19, 4
    vsldoi %v6, %v19, %v19, 8
    vsldoi %v7, %v19, %v19, 12

    eight_rounds %v8, %v9
    eight_rounds %v10, %v11
    .rept 3
    next_words %v8, %v9, %v10, %v11
    next_words %v9, %v10, %v11, %v8
    eight_rounds %v8, %v9
    next_words %v10, %v11, %v8, %v9
    next_words %v11, %v8, %v9, %v10
    eight_rounds %v10, %v11
    .endr

    vmrghw %v0, %v0, %v2                // a, c
    vmrghw %v1, %v1, %v3                // b, d
    vmrghw %v0, %v0, %v1
    vadduwm %v18, %v18, %v0
    vmrghw %v4, %v4, %v6
    vmrghw %v5, %v5, %v7
    vmrghw %v4, %v4, %v5
    vadduwm %v19, %v19, %v4
    bdnz .Lblock

    stxvw4x 50, 0, %r3
    stxvw4x 51, %r9, %r3
    blr
    .size sha256_blocks_ppc_sha, . - sha256_blocks_ppc_sha

#endif

    .section .note.GNU-stack, "", @progbits
