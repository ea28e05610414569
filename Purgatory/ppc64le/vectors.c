#include "vectors.h"

// Power ISA 3.1B, book III, section 4.2.1: bits 38 and 40 of the machine state register.
#define MSR_VEC (1ul << 25)
#define MSR_VSX (1ul << 23)

static void set_msr(uint64_t value) {
    __asm__ volatile("mtmsrd %0\n\tisync" : : "r"(value) : "memory");
}

uint64_t vectors_switch_on(void) {
    uint64_t as_found;

    __asm__ volatile("mfmsr %0" : "=r"(as_found));
    set_msr(as_found | MSR_VEC | MSR_VSX);
    return as_found;
}

void vectors_restore(uint64_t as_found) {
    set_msr(as_found);
}
