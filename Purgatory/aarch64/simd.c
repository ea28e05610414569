// Arm ARM (DDI 0487), CPACR_EL1 and CPTR_EL2.

#include "exception_level.h"

#define FPEN (3ul << 20) // CPACR_EL1, and CPTR_EL2 of a host: nothing is trapped
#define TFP  (1ul << 10) // CPTR_EL2 otherwise: everything is

static uint64_t read_traps(void) {
    uint64_t value;

    if (at_el2())
        __asm__ volatile("mrs %0, cptr_el2" : "=r"(value));
    else
        __asm__ volatile("mrs %0, cpacr_el1" : "=r"(value));
    return value;
}

void simd_restore(uint64_t as_found) {
    if (at_el2())
        __asm__ volatile("msr cptr_el2, %0\n\tisb" : : "r"(as_found) : "memory");
    else
        __asm__ volatile("msr cpacr_el1, %0\n\tisb" : : "r"(as_found) : "memory");
}

uint64_t simd_switch_on(void) {
    const uint64_t as_found = read_traps();
    const bool is_plain_el2 = at_el2() && !has_host_registers();

    simd_restore(is_plain_el2 ? as_found & ~TFP : as_found | FPEN);
    return as_found;
}
