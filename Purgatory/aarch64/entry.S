// From the old kernel to the new one, on 64-bit little-endian Arm.
//
// The old kernel jumps here with MMU and data cache off and interrupts masked, at
// EL2 where it could get there, else at EL1. Nothing can be relied on in any
// register, and there is no stack. The new kernel wants the same, with x0 = the
// device tree and x1 to x3 zero (Documentation/arch/arm64/booting.rst).

    .set STACK_SIZE, 8192

    .section .text.entry, "ax", @progbits
    .globl purgatory_entry
    .type purgatory_entry, @function
purgatory_entry:
    adrp x0, stack_top
    add sp, x0, :lo12:stack_top

    // Comes back only if the kernel may be started.
    bl purgatory_check

    adrp x4, purgatory_fdt
    ldr x0, [x4, :lo12:purgatory_fdt]
    adrp x4, purgatory_kernel_entry
    ldr x4, [x4, :lo12:purgatory_kernel_entry]
    mov x1, xzr
    mov x2, xzr
    mov x3, xzr
    br x4
    .size purgatory_entry, . - purgatory_entry

    .section .bss.stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
stack_top:

    .section .note.GNU-stack, "", @progbits
