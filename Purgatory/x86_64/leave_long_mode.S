// To kernels that are not entered in 64-bit mode: down to 32-bit protected mode
// without paging, and from there, where asked, further down to real mode.
//
// Long mode is left as the Intel SDM, volume 3, wants it: from compatibility mode
// clear CR0.PG, then EFER.LME ("Switching Out of IA-32e Mode Operation"); real
// mode is entered from 16-bit protected mode ("Switching Back to Real-Address
// Mode").

    .set BOOT_CS, 0x10          // Documentation/arch/x86/boot.rst
    .set BOOT_DS, 0x18
    .set CODE_16, 0x20
    .set DATA_16, 0x28

    .set ENTRY_REAL, 2          // parameters_x86_64.h

    .set CR0_PE, 1 << 0
    .set CR0_EM_TS, 3 << 2
    .set CR0_WP, 1 << 16
    .set CR0_AM, 1 << 18
    .set CR0_PG, 1 << 31
    .set CR4_MCE, 1 << 6        // a confidential guest may not clear it
    .set MSR_EFER, 0xc0000080
    .set EFER_LME_BIT, 8

    .section .text, "ax", @progbits
    .code64
    .globl purgatory_leave_long_mode
    .hidden purgatory_leave_long_mode
    .type purgatory_leave_long_mode, @function
purgatory_leave_long_mode:
    // 16-bit code begins at `narrow`, wherever the image lies: the base of its
    // descriptor and, shifted, its real-mode segment. No harm where the image is
    // too high for real mode: then neither is used.
    leaq narrow(%rip), %rax
    movw %ax, code_16_base_low(%rip)
    movl %eax, %ecx
    shrl $16, %ecx
    movb %cl, code_16_base_middle(%rip)
    shrl $4, %eax
    movw %ax, real_mode_segment(%rip)

    movq purgatory_kernel_entry(%rip), %rax
    shrq $4, %rax
    movw %ax, kernel_segment(%rip)
    movl purgatory_real_segment(%rip), %eax
    movw %ax, data_segment(%rip)
    movl purgatory_real_stack(%rip), %eax
    movw %ax, stack_pointer(%rip)

    leaq narrow_gdt(%rip), %rax
    movq %rax, narrow_gdt_address(%rip)
    lgdt narrow_gdt_register(%rip)

    // At a 32-bit entry the stack looks as after a call of a C function that has
    // nowhere to return to: a return address of zero, then the first argument.
    leaq purgatory_stack_top(%rip), %rsp
    movq purgatory_argument(%rip), %rax
    shlq $32, %rax
    pushq %rax

    // What 32-bit code wants to know waits in registers: it cannot address data
    // relative to itself.
    movl purgatory_boot_params(%rip), %esi
    movl purgatory_kernel_entry(%rip), %ebp
    movl purgatory_eax(%rip), %edi
    movl purgatory_ebx(%rip), %ebx
    movl purgatory_entry_mode(%rip), %r8d
    xorl %ecx, %ecx
    cmpl $ENTRY_REAL, %r8d
    sete %cl
    movl %ecx, %edx             // 1 for real mode

    pushq $BOOT_CS
    leaq protected(%rip), %rax
    pushq %rax
    lretq
    .size purgatory_leave_long_mode, . - purgatory_leave_long_mode

// Code for other modes than the 64-bit one stands among the data: a disassembler
// of the image, which the build's rules read, would take it for 64-bit code.
    .section .data.narrow, "aw", @progbits
    .balign 16
    .code32
protected:
    // Compatibility mode. The descriptor table below is in force.
    movl $BOOT_DS, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs

    movl %cr0, %eax
    andl $~(CR0_PG | CR0_WP | CR0_AM | CR0_EM_TS), %eax
    movl %eax, %cr0             // this ends long mode

    pushl %edx
    movl $MSR_EFER, %ecx
    rdmsr
    btrl $EFER_LME_BIT, %eax
    wrmsr
    popl %edx

    xorl %ecx, %ecx
    movl %ecx, %cr3             // nothing of the old page tables stays cached
    movl %cr4, %eax
    andl $CR4_MCE, %eax
    movl %eax, %cr4

    testl %edx, %edx
    jnz .Lreal

    // 32-bit protected mode. ESP is where the argument was left.
    movl %edi, %eax
    pushl %ebp
    xorl %ecx, %ecx
    xorl %edx, %edx
    xorl %edi, %edi
    xorl %ebp, %ebp
    ret

.Lreal:
    ljmpl $CODE_16, $(.Lnarrow_entry - narrow)

// Down here addresses are counted from `narrow`, by CS.
    .balign 16
    .code16
narrow:
.Lnarrow_entry:
    // Limits of 64 KiB, which stay in force in real mode.
    movw $DATA_16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw %ax, %fs
    movw %ax, %gs
    lidtl %cs:(bios_vectors - narrow)
    movl %cr0, %eax
    andl $~CR0_PE, %eax
    movl %eax, %cr0
    ljmpw *%cs:(real_mode_target - narrow)

.Lreal_mode:
    movw %cs:(data_segment - narrow), %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movw %ax, %ss
    movzwl %cs:(stack_pointer - narrow), %esp

    // The interrupt controllers back to the vectors that the BIOS has handlers
    // for, and to the mask that it leaves: timer, keyboard, floppy; mouse,
    // coprocessor, first disk.
    movb $0x11, %al             // ICW1: edge triggered, cascaded, ICW4 follows
    outb %al, $0x20
    outb %al, $0x80             // a port that nobody answers, to wait
    outb %al, $0xa0
    outb %al, $0x80
    movb $0x08, %al             // ICW2: first vector
    outb %al, $0x21
    outb %al, $0x80
    movb $0x70, %al
    outb %al, $0xa1
    outb %al, $0x80
    movb $0x04, %al             // ICW3: the second controller is at line 2
    outb %al, $0x21
    outb %al, $0x80
    movb $0x02, %al
    outb %al, $0xa1
    outb %al, $0x80
    movb $0x01, %al             // ICW4: 8086 mode
    outb %al, $0x21
    outb %al, $0x80
    outb %al, $0xa1
    outb %al, $0x80
    movb $0xb8, %al
    outb %al, $0x21
    movb $0x8f, %al
    outb %al, $0xa1

    xorl %eax, %eax
    xorl %ebx, %ebx
    xorl %ecx, %ecx
    xorl %edx, %edx
    xorl %esi, %esi
    xorl %edi, %edi
    xorl %ebp, %ebp
    ljmpw *%cs:(kernel_target - narrow)

    .balign 4
real_mode_target:
    .word .Lreal_mode - narrow
real_mode_segment:
    .word 0
kernel_target:
    .word 0
kernel_segment:
    .word 0
data_segment:
    .word 0
stack_pointer:
    .word 0
bios_vectors:
    .word 0x3ff                 // 256 vectors of four bytes at address 0
    .long 0

    .balign 16
narrow_gdt:
    .quad 0
    .quad 0
    .quad 0x00cf9b000000ffff    // 0x10: flat 4 GiB 32-bit code, execute and read
    .quad 0x00cf93000000ffff    // 0x18: flat 4 GiB data, read and write
    .word 0xffff                // 0x20: 64 KiB 16-bit code from `narrow`
code_16_base_low:
    .word 0
code_16_base_middle:
    .byte 0
    .byte 0x9b, 0x00, 0x00
    .quad 0x000093000000ffff    // 0x28: 64 KiB data from address 0
narrow_gdt_end:

    .balign 8
    .skip 6                     // so that the address is aligned
narrow_gdt_register:
    .word narrow_gdt_end - narrow_gdt - 1
narrow_gdt_address:
    .quad 0

    .section .note.GNU-stack, "", @progbits
