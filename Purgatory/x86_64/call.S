// To what comes back: an image that is called like a function, and the kernel
// that started this one and kept its context.
//
// A kernel that keeps its context (KEXEC_PRESERVE_CONTEXT) calls what it starts.
// It goes on when its return address is jumped to, in 64-bit mode with that
// address mapped one to one, and takes from the top of the stack where it is to
// call the next time (arch/x86/kernel/relocate_kernel_64.S, "the re-entry point
// of the peer system").

    .section .text, "ax", @progbits
    .code64

    .globl purgatory_call_image
    .hidden purgatory_call_image
    .type purgatory_call_image, @function
purgatory_call_image:
    leaq purgatory_stack_top(%rip), %rsp
    movq purgatory_argument(%rip), %rdi
    xorl %eax, %eax
    xorl %ebx, %ebx
    xorl %ecx, %ecx
    xorl %edx, %edx
    xorl %esi, %esi
    xorl %ebp, %ebp
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    xorl %r10d, %r10d
    xorl %r11d, %r11d
    xorl %r12d, %r12d
    xorl %r13d, %r13d
    xorl %r14d, %r14d
    xorl %r15d, %r15d
    callq *purgatory_kernel_entry(%rip)

    cld
    leaq purgatory_stack_top(%rip), %rsp
    movq purgatory_return_address(%rip), %rax
    testq %rax, %rax
    je machine_halt             // nobody waits for us
    leaq .Lcalled_again(%rip), %rcx
    pushq %rcx
    jmpq *%rax

    // Its memory is as it left it: what the digest was made of has changed, so
    // there is no check now.
.Lcalled_again:
    cld
    movq (%rsp), %rax
    movq %rax, purgatory_return_address(%rip)
    jmp purgatory_call_image
    .size purgatory_call_image, . - purgatory_call_image

    .globl purgatory_jump_back
    .hidden purgatory_jump_back
    .type purgatory_jump_back, @function
purgatory_jump_back:
    movq purgatory_kernel_entry(%rip), %rdi
    call purgatory_map
    leaq purgatory_stack_top(%rip), %rsp
    callq *purgatory_kernel_entry(%rip)

    // The other kernel was told to start this one once more, and kept its context
    // again: that is where it wants to be entered the next time.
    cld
    movq (%rsp), %rax
    movq %rax, purgatory_kernel_entry(%rip)
    leaq purgatory_stack_top(%rip), %rsp
    leaq purgatory_entry(%rip), %rcx
    pushq %rcx
    jmpq *purgatory_return_address(%rip)
    .size purgatory_jump_back, . - purgatory_jump_back

    .section .note.GNU-stack, "", @progbits
