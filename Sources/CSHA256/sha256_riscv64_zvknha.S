// The compression function with the vector instructions of RISC-V (Zvknha: RISC-V
// Cryptography Extensions, volume II), on vectors of 128 bits or more.
//
// void sha256_blocks_riscv_zvknha(uint32_t state[8], const uint8_t *blocks,
//                                 size_t count, const uint32_t constants[64])
//
// In assembly, since purgatory is compiled for general registers alone, and a file
// that may use others may use them everywhere.

#if defined(__riscv) && __riscv_xlen == 64

    .option push
    .option arch, +zve32x, +zvknha

    // v0: the mask of the first element. v1 to v4: the last 16 words of the message
    // schedule. v5: four of them with their constants. v6: constants; words that
    // the schedule takes. v7: order of the bytes in a block. v8, v9: places of
    // a, b, e, f and of c, d, g, h in the state. v10, v11: the two. v12, v13: the
    // same before the block.

    .set PLACES_ABEF, 0x00041014    // a at byte 0 is the last element, f the first
    .set PLACES_CDGH, 0x080c181c

    // Four rounds of FIPS 180-4 section 6.2.2 step 3.
    .macro four_rounds words
    vle32.v v6, (t0)
    addi t0, t0, 16
    vadd.vv v5, v6, \words
    vsha2cl.vv v11, v10, v5
    vsha2ch.vv v10, v11, v5
    .endm

    // The same, and the next four words of the schedule over the oldest.
    .macro four_rounds_and_words oldest, second, third, newest
    four_rounds \oldest
    vmerge.vvm v6, \third, \second, v0
    vsha2ms.vv \oldest, v6, \newest
    .endm

    .section .text, "ax", @progbits
    .globl sha256_blocks_riscv_zvknha
    .hidden sha256_blocks_riscv_zvknha
    .type sha256_blocks_riscv_zvknha, @function
    .balign 16
sha256_blocks_riscv_zvknha:
    beqz a2, 2f
    csrw vstart, zero
    vsetivli zero, 1, e32, m1, ta, ma
    li t0, PLACES_ABEF
    vmv.v.x v8, t0
    li t0, PLACES_CDGH
    vmv.v.x v9, t0
    vmv.v.i v0, 1
    vsetivli zero, 16, e8, m1, ta, ma
    vid.v v7
    vxor.vi v7, v7, 3
    vsetivli zero, 4, e32, m1, ta, ma
    vluxei8.v v10, (a0), v8
    vluxei8.v v11, (a0), v9
1:
    vmv.v.v v12, v10
    vmv.v.v v13, v11
    vsetivli zero, 16, e8, m1, ta, ma
    .irp words, v1, v2, v3, v4
    vle8.v v5, (a1)
    addi a1, a1, 16
    vrgather.vv \words, v5, v7
    .endr
    vsetivli zero, 4, e32, m1, ta, ma

    mv t0, a3
    .rept 3
    four_rounds_and_words v1, v2, v3, v4
    four_rounds_and_words v2, v3, v4, v1
    four_rounds_and_words v3, v4, v1, v2
    four_rounds_and_words v4, v1, v2, v3
    .endr
    four_rounds v1
    four_rounds v2
    four_rounds v3
    four_rounds v4

    vadd.vv v10, v10, v12
    vadd.vv v11, v11, v13
    addi a2, a2, -1
    bnez a2, 1b
    vsuxei8.v v10, (a0), v8
    vsuxei8.v v11, (a0), v9
2:
    ret
    .size sha256_blocks_riscv_zvknha, . - sha256_blocks_riscv_zvknha

    .option pop

#endif

    .section .note.GNU-stack, "", @progbits
