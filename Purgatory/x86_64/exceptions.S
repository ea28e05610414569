// Where the interrupt descriptor table leads to: one stub for each vector of the
// CPU (Intel SDM volume 3, "Protected-Mode Exceptions and Interrupts").

    .set VECTORS, 32            // exceptions.c
    .set STUB_SIZE, 16
    .set NMI, 2
    .set STACK_SIZE, 1024

    .section .text, "ax", @progbits
    .code64
    .globl exception_stubs
    .hidden exception_stubs
    .type exception_stubs, @function
    .balign STUB_SIZE
exception_stubs:
    .set vector, 0
    .rept VECTORS
    .balign STUB_SIZE
    // 8, 10 to 14, 17, 21, 29 and 30 come with an error code.
    .if (0x60227d00 >> vector) & 1
    .else
    pushq $0
    .endif
    pushq $vector
    jmp .Lcommon
    .set vector, vector + 1
    .endr

.Lcommon:
    // The watchdog of the old kernel, a button: no reason to lose the dump.
    cmpl $NMI, (%rsp)
    je .Lignore
    cld
    movq (%rsp), %rdi
    movq 8(%rsp), %rsi
    movq 16(%rsp), %rdx
    movq %cr2, %rcx
    leaq exception_stack_top(%rip), %rsp
    call purgatory_exception
.Lignore:
    addq $16, %rsp
    iretq
    .size exception_stubs, . - exception_stubs

    .section .bss.exception_stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
exception_stack_top:

    .section .note.GNU-stack, "", @progbits
