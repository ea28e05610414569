// System calls of 64-bit PowerPC (Documentation/arch/powerpc/syscall64-abi.rst;
// arch/powerpc/kernel/syscalls/syscall.tbl).

#define SYS_READ       3
#define SYS_WRITE      4
#define SYS_CLOSE      6
#define SYS_MMAP       90
#define SYS_LSEEK      19
#define SYS_GETDENTS64 202
#define SYS_EXIT_GROUP 234
#define SYS_KEXEC_LOAD 268
#define SYS_OPENAT     286

// Not the same on all machines (asm/fcntl.h).
#define O_DIRECTORY 040000
#define O_NOFOLLOW  0100000

// An error is told by the summary overflow bit, as a positive errno.
static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    register long r7 __asm__("r7") = e;
    register long r8 __asm__("r8") = f;

    __asm__ volatile("sc\n"
                     "bns+ 1f\n"
                     "neg %1, %1\n"
                     "1:"
                     : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "cr0", "ctr", "xer", "r9", "r10", "r11", "r12", "memory");
    return r3;
}

// The TOC pointer first (64-bit ELF V2 ABI, section 2.2.1), then the smallest
// frame that a function may be called with.
#define PROGRAM_ENTRY                                                                                                  \
    __asm__(".globl _start\n"                                                                                          \
            "_start:\n"                                                                                                \
            "    lis 2, .TOC.@ha\n"                                                                                    \
            "    addi 2, 2, .TOC.@l\n"                                                                                 \
            "    mr 3, 1\n"                                                                                            \
            "    clrrdi 1, 1, 4\n"                                                                                     \
            "    li 0, 0\n"                                                                                            \
            "    stdu 0, -32(1)\n"                                                                                     \
            "    mtlr 0\n"                                                                                             \
            "    bl start\n"                                                                                           \
            "    nop\n"                                                                                                \
            "    trap\n")
