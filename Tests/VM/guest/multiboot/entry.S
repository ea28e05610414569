// A multiboot kernel that tells on the serial port what it was given; see kernel.c. MULTIBOOT is 1 or 2, the specification
// whose header it has.

#if MULTIBOOT == 1
#define HEADER_MAGIC 0x1badb002
#define HEADER_FLAGS 0x3                // aligned modules, memory information

// A page that must lie in conventional memory; as the first of the file it has the header, too.
    .section .low, "aw", @progbits
    .balign 4
    .long HEADER_MAGIC
    .long HEADER_FLAGS
    .long -(HEADER_MAGIC + HEADER_FLAGS)
    .globl low_marker
low_marker:
    .ascii "in low memory"
    .byte 0
#else
#define HEADER_MAGIC 0xe85250d6
#define HEADER_LENGTH (header_end - header)

    .section .header, "a", @progbits
    .balign 8
header:
    .long HEADER_MAGIC
    .long 0                             // i386
    .long HEADER_LENGTH
    .long -(HEADER_MAGIC + HEADER_LENGTH)
    // Information that must be there: command line, modules, memory, memory map, load base.
    .word 1, 0
    .long 28
    .long 1, 3, 4, 6, 21
    .balign 8
    // A framebuffer would be fine, and is not given.
    .word 5, 1
    .long 20
    .long 0, 0, 0
    .balign 8
    // Modules at page boundaries.
    .word 6, 0
    .long 8
    // Not where it is linked: the lowest multiple of 2 MiB between 32 and 256 MiB.
    .word 10, 0
    .long 24
    .long 0x02000000, 0x10000000, 0x200000, 1
    // An unknown tag that may be ignored.
    .word 0x7ffe, 1
    .long 12
    .long 0
    .balign 8
    .word 0, 0
    .long 8
header_end:
#endif

    .section .text, "ax", @progbits
    .globl start
start:
    // EAX and EBX are what the loader has put there, and ESP is nothing. To learn where this runs takes one word of stack:
    // a field of the information structure that holds nothing, boot_device of Multiboot, `reserved` of Multiboot2.
#if MULTIBOOT == 1
    leal 16(%ebx), %esp
#else
    leal 8(%ebx), %esp
#endif
    call 1f
1:  popl %ecx
    leal stack_top - 1b(%ecx), %esp
    pushf
    popl %edx
    leal start - 1b(%ecx), %ecx
    pushl %ecx                          // where it runs
    pushl %edx                          // the flags it was entered with
    pushl %ebx
    pushl %eax
    call main
2:  cli
    hlt
    jmp 2b

    .section .bss, "aw", @nobits
    .balign 16
    .skip 16384
stack_top:

    .section .note.GNU-stack, "", @progbits
