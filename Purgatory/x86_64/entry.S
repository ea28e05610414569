// From the old kernel to the new one.
//
// The old kernel jumps here in 64-bit mode with memory mapped one to one and
// interrupts off. Nothing else can be relied on: its descriptor table and its
// stack may be overwritten, and there is no interrupt descriptor table.
//
// The new kernel is entered as purgatory_entry_mode tells. Here stands what the
// 64-bit boot protocol of Linux demands: __BOOT_CS (0x10) and __BOOT_DS (0x18) in
// a loaded descriptor table, interrupts off, the address of boot_params in RSI.
// The other modes are left to leave_long_mode.S and to call.S.

    .set BOOT_CS, 0x10
    .set BOOT_DS, 0x18
    .set STACK_SIZE, 8192

    .set ENTRY_64, 0            // parameters_x86_64.h
    .set ENTRY_CALL, 3
    .set ENTRY_JUMP_BACK, 4

    .section .text.entry, "ax", @progbits
    .code64
    .globl purgatory_entry
    .type purgatory_entry, @function
purgatory_entry:
    cli
    cld

    // A kernel that is left with its context calls; all others jump.
    cmpl $0, purgatory_is_called(%rip)
    je .Lno_caller
    movq (%rsp), %rax
    movq %rax, purgatory_return_address(%rip)
.Lno_caller:
    leaq purgatory_stack_top(%rip), %rsp

    // The image may lie anywhere, so the table's address is known only now.
    leaq gdt(%rip), %rax
    movq %rax, gdt_address(%rip)
    lgdt gdt_register(%rip)

    movl $BOOT_DS, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs

    // CS only changes with a far transfer.
    pushq $BOOT_CS
    leaq .Lboot_cs(%rip), %rax
    pushq %rax
    lretq
.Lboot_cs:

    // Comes back only if the kernel may be started. The far return left the
    // stack as aligned as the ABI wants it at a call.
    call vga_reset
    call purgatory_check
    call purgatory_tell_way_back

    movl purgatory_entry_mode(%rip), %eax
    cmpl $ENTRY_CALL, %eax
    je purgatory_call_image
    cmpl $ENTRY_JUMP_BACK, %eax
    je purgatory_jump_back
    cmpl $ENTRY_64, %eax
    jne purgatory_leave_long_mode

    // RSP stays in our stack: nothing asks for it, but no value is safer.
    movq purgatory_boot_params(%rip), %rsi
    xorl %eax, %eax
    xorl %ebx, %ebx
    xorl %ecx, %ecx
    xorl %edx, %edx
    xorl %edi, %edi
    xorl %ebp, %ebp
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    xorl %r10d, %r10d
    xorl %r11d, %r11d
    xorl %r12d, %r12d
    xorl %r13d, %r13d
    xorl %r14d, %r14d
    xorl %r15d, %r15d
    jmpq *purgatory_kernel_entry(%rip)
    .size purgatory_entry, . - purgatory_entry

// Writable: the CPU may set the accessed bits, and the address is filled in.
    .section .data.gdt, "aw", @progbits
    .balign 16
gdt:
    .quad 0
    .quad 0                     // 0x08, not used by the boot protocol
    .quad 0x00af9b000000ffff    // 0x10: 64-bit code, execute and read
    .quad 0x00cf93000000ffff    // 0x18: flat 4 GiB data, read and write
gdt_end:

    .balign 8
    .skip 6                     // so that the address is aligned
gdt_register:
    .word gdt_end - gdt - 1
gdt_address:
    .quad 0

    .section .bss.stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
    .globl purgatory_stack_top
    .hidden purgatory_stack_top
purgatory_stack_top:

    .section .note.GNU-stack, "", @progbits
