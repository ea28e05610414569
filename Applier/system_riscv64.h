// System calls of 64-bit RISC-V.

#include "generic_calls.h"

// Not the same on all machines (asm/fcntl.h).
#define O_DIRECTORY 0200000
#define O_NOFOLLOW  0400000

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
}

// The stack is aligned already (RISC-V ELF psABI). No data is reached relative to
// gp: nothing sets it.
#define PROGRAM_ENTRY                                                                                                  \
    __asm__(".globl _start\n"                                                                                          \
            "_start:\n"                                                                                                \
            "    mv s0, zero\n"                                                                                        \
            "    mv ra, zero\n"                                                                                        \
            "    mv a0, sp\n"                                                                                          \
            "    call start\n"                                                                                         \
            "    unimp\n")
