// Calls of the firmware below supervisor mode (RISC-V Supervisor Binary Interface
// Specification, chapter 3). It changes a0 and a1 and no other register.

#ifndef PURGATORY_SBI_H
#define PURGATORY_SBI_H

#include <stdint.h>

struct sbi_answer {
    /// 0, or a negative number.
    int64_t error;
    int64_t value;
};

static inline struct sbi_answer sbi_call(uint64_t extension, uint64_t function, uint64_t first, uint64_t second) {
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return (struct sbi_answer){(int64_t)a0, (int64_t)a1};
}

#endif
