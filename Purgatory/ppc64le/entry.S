// From the old kernel to the new one, on 64-bit little-endian PowerPC.
//
// The old kernel copies the first 256 bytes from here to physical address 0 and
// lets all other CPUs wait in that copy, at 0x60. They are big-endian there, the
// MMU is off, and r3 holds their hardware id. So these bytes are the new
// kernel's own first ones, which hold its loop at 0x60, and only the first
// instruction is ours.
//
// The CPU that starts the new kernel jumps here: MMU off, byte order of the old
// kernel, r3 = its hardware id, r4 = the address of this instruction, r5 = 0, no
// stack. The new kernel wants (Linux, arch/powerpc/kernel/head_64.S) big-endian
// byte order, MMU off, r3 = the device tree, r4 = its own address, r5 = 0, and on
// OPAL machines r8 = OPAL's base, r9 = OPAL's entry.

    .set KERNEL_HEAD_SIZE, 0x100
    .set STACK_SIZE, 8192
    .set STACK_FRAME, 32        // the least that the ABI (ELFv2) wants

    .machine power8
    .abiversion 2

    .section .text.entry, "awx", @progbits
    .globl purgatory_entry
    .type purgatory_entry, @function
purgatory_entry:
    b purgatory_start

    // What stands here in the new kernel. The loader fills it in.
    .globl purgatory_kernel_head
    .hidden purgatory_kernel_head
    .type purgatory_kernel_head, @object
purgatory_kernel_head:
    .space KERNEL_HEAD_SIZE - 4
    .size purgatory_kernel_head, . - purgatory_kernel_head
    .size purgatory_entry, . - purgatory_entry

    // A function of its own: a disassembler takes what follows an object for data.
    .type purgatory_start, @function
purgatory_start:
    mr %r31, %r3

    // The image may lie anywhere: where we are tells where everything is.
    bcl 20, 31, .Lhere
.Lhere:
    mflr %r12
    addis %r2, %r12, .TOC.-.Lhere@ha
    addi %r2, %r2, .TOC.-.Lhere@l
    addis %r1, %r2, stack_top@toc@ha
    addi %r1, %r1, stack_top@toc@l
    li %r0, 0
    stdu %r0, -STACK_FRAME(%r1)

    // Comes back only if the kernel may be started.
    bl purgatory_check
    nop
    mr %r3, %r31
    bl purgatory_hand_over
    nop

    addis %r10, %r2, purgatory_fdt@toc@ha
    ld %r3, purgatory_fdt@toc@l(%r10)
    addis %r10, %r2, purgatory_kernel@toc@ha
    ld %r4, purgatory_kernel@toc@l(%r10)
    addis %r10, %r2, purgatory_opal_base@toc@ha
    ld %r8, purgatory_opal_base@toc@l(%r10)
    addis %r10, %r2, purgatory_opal_entry@toc@ha
    ld %r9, purgatory_opal_entry@toc@l(%r10)
    li %r5, 0
    li %r6, 0
    li %r7, 0

    // Byte order and place change together.
    mfmsr %r10
    clrrdi %r10, %r10, 1        // MSR[LE]
    mtsrr1 %r10
    mtsrr0 %r4
    rfid
    .size purgatory_start, . - purgatory_start

    .section .bss.stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
stack_top:

    .section .note.GNU-stack, "", @progbits
