// From the old kernel to the new one, on 64-bit RISC-V.
//
// The old kernel comes here in supervisor mode without translation (satp = 0),
// interrupts masked, with a0 = the hart that we are on and a1 = the device tree.
// For a crash it comes by an exception: the last instruction before translation
// was off is followed by what stvec points to, which is this one. The new kernel
// wants the same (Documentation/arch/riscv/boot.rst).

    .set STACK_SIZE, 8192

    .section .text.entry, "ax", @progbits
    // stvec has no room for an odd place.
    .balign 4
    .globl purgatory_entry
    .type purgatory_entry, @function
purgatory_entry:
    lla sp, stack_top
    mv s0, a0

    // Comes back only if the kernel may be started.
    call purgatory_check

    lla t0, purgatory_fdt
    ld a1, 0(t0)
    lla t0, purgatory_kernel_entry
    ld t0, 0(t0)
    mv a0, s0
    mv a2, zero
    mv a3, zero
    // What was loaded as data is about to run.
    fence.i
    jr t0
    .size purgatory_entry, . - purgatory_entry

    .section .bss.stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
stack_top:

    .section .note.GNU-stack, "", @progbits
