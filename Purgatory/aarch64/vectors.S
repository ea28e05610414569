// Exception vectors for EL1 and EL2 (Arm ARM DDI 0487, section D1.3.1): sixteen
// entries of 128 bytes, on 2 KiB. All do the same: one of purgatory's own
// attempts failed and goes on, or the exception is reported.

    .set STACK_SIZE, 1024

    .arch armv8-a+crypto

    .section .text.vectors, "ax", @progbits
    .balign 2048
    .globl purgatory_vectors
    .hidden purgatory_vectors
    .type purgatory_vectors, @function
purgatory_vectors:
    .rept 16
    .balign 128
    b .Ltaken
    .endr

.Ltaken:
    adrp x9, continue_at
    ldr x10, [x9, :lo12:continue_at]
    cbz x10, .Lreport
    mrs x11, currentel
    cmp x11, #(2 << 2)
    b.eq .Lcontinue_el2
    msr elr_el1, x10
    eret
.Lcontinue_el2:
    msr elr_el2, x10
    eret

    // What the code that was interrupted had on its stack is of no use any more.
.Lreport:
    adrp x9, exception_stack_top
    add sp, x9, :lo12:exception_stack_top
    b vectors_report
    .size purgatory_vectors, . - purgatory_vectors

    // An instruction that makes an exception is as good as a branch to 1.
    // Between the two stores no other exception can come: all that can be masked
    // are.
    .macro try name, instruction:vararg
    .globl \name
    .hidden \name
    .type \name, @function
\name:
    adrp x12, continue_at
    add x12, x12, :lo12:continue_at
    adr x13, 1f
    mov w0, #1
    str x13, [x12]
    dsb sy
    \instruction
    isb
    str xzr, [x12]
    ret
1:  mov w0, wzr
    str xzr, [x12]
    ret
    .size \name, . - \name
    .endm

    .section .text, "ax", @progbits
    // SVCR by its number: older assemblers do not know the name.
    try try_streaming_off, msr s3_3_c4_c2_2, xzr
    try try_sha256, sha256h q0, q0, v0.4s

    .section .bss.continue_at, "aw", @nobits
    .balign 8
continue_at:
    .skip 8

    .section .bss.exception_stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
exception_stack_top:

    .section .note.GNU-stack, "", @progbits
