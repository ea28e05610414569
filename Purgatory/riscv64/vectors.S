// The one place that all exceptions lead to (RISC-V Privileged Architecture,
// stvec in direct mode): one of purgatory's own attempts failed and goes on, or
// the exception is reported.

    .set STACK_SIZE, 1024
    .set ELEMENTS, 4            // words of 32 bits: 128 bits

    .section .text.vectors, "ax", @progbits
    .balign 4
    .globl purgatory_vector
    .hidden purgatory_vector
    .type purgatory_vector, @function
purgatory_vector:
    lla t0, continue_at
    ld t1, 0(t0)
    beqz t1, .Lreport
    csrw sepc, t1
    sret

    // What the code that was interrupted had on its stack is of no use any more.
.Lreport:
    lla sp, exception_stack_top
    tail vectors_report
    .size purgatory_vector, . - purgatory_vector

    // An instruction that makes an exception is as good as a branch to 1. It comes
    // back by SRET with interrupts as they are, masked, and in supervisor mode,
    // which it came from.
    .macro try name, extension, instruction:vararg
    .globl \name
    .hidden \name
    .type \name, @function
\name:
    lla t2, continue_at
    lla t3, 1f
    li a0, 1
    sd t3, 0(t2)
    .option push
    .option arch, \extension
    \instruction
    .option pop
    sd zero, 0(t2)
    ret
1:  li a0, 0
    lla t2, continue_at
    sd zero, 0(t2)
    ret
    .size \name, . - \name
    .endm

    .macro first_vector_instruction
    vsetivli zero, ELEMENTS, e32, m1, ta, ma
    vsha2ms.vv v1, v2, v3
    .endm

    .section .text, "ax", @progbits
    try try_zknh, +zknh, sha256sig0 t4, t4
    .option push
    .option arch, +zve32x, +zvknha
    try try_zvknha, +zvknha, first_vector_instruction
    .option pop

    .section .bss.continue_at, "aw", @nobits
    .balign 8
continue_at:
    .skip 8

    .section .bss.exception_stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
exception_stack_top:

    .section .note.GNU-stack, "", @progbits
