// System calls of x86_64 (System V ABI for x86-64, appendix A.2;
// arch/x86/entry/syscalls/syscall_64.tbl).

#define SYS_READ       0
#define SYS_WRITE      1
#define SYS_CLOSE      3
#define SYS_LSEEK      8
#define SYS_MMAP       9
#define SYS_EXIT_GROUP 231
#define SYS_KEXEC_LOAD 246
#define SYS_GETDENTS64 217
#define SYS_OPENAT     257

// Not the same on all machines (asm/fcntl.h).
#define O_DIRECTORY 0200000
#define O_NOFOLLOW  0400000

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long answer;

    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return answer;
}

#define PROGRAM_ENTRY                                                                                                  \
    __asm__(".globl _start\n"                                                                                          \
            "_start:\n"                                                                                                \
            "    xorl %ebp, %ebp\n"                                                                                    \
            "    movq %rsp, %rdi\n"                                                                                    \
            "    andq $-16, %rsp\n"                                                                                    \
            "    call start\n"                                                                                         \
            "    ud2\n")
