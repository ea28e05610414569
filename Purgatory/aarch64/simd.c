// Arm ARM (DDI 0487), CPACR_EL1 and CPTR_EL2.

#include "exception_level.h"
#include "vectors.h"

#define FPEN     (3ul << 20) // CPACR_EL1, and CPTR_EL2 of a host: nothing is trapped
#define SMEN_ELX (1ul << 24) // there: streaming mode is not trapped at this level
#define TFP      (1ul << 10) // CPTR_EL2 otherwise: everything is
#define TSM      (1ul << 12) // there: streaming mode is

#define PFR1_SME_SHIFT 24 // ID_AA64PFR1_EL1.SME, bits 27:24
#define PFR1_SME_MASK  0xf

static uint64_t read_traps(void) {
    uint64_t value;

    if (at_el2())
        __asm__ volatile("mrs %0, cptr_el2" : "=r"(value));
    else
        __asm__ volatile("mrs %0, cpacr_el1" : "=r"(value));
    return value;
}

static bool is_plain_el2(void) {
    return at_el2() && !has_host_registers();
}

void simd_restore(uint64_t as_found) {
    if (at_el2())
        __asm__ volatile("msr cptr_el2, %0\n\tisb" : : "r"(as_found) : "memory");
    else
        __asm__ volatile("msr cpacr_el1, %0\n\tisb" : : "r"(as_found) : "memory");
}

uint64_t simd_switch_on(void) {
    const uint64_t as_found = read_traps();

    simd_restore(is_plain_el2() ? as_found & ~TFP : as_found | FPEN);
    return as_found;
}

// Only where the old kernel has opened the way: one that makes no use of streaming
// mode, as when firmware below it does not allow it (arm64.nosme), has not, and
// then no program was in it.
void streaming_switch_off(void) {
    uint64_t features;

    __asm__("mrs %0, id_aa64pfr1_el1" : "=r"(features));
    if ((features >> PFR1_SME_SHIFT & PFR1_SME_MASK) == 0)
        return;
    const uint64_t traps = read_traps();
    if (is_plain_el2() ? (traps & TSM) == 0 : (traps & SMEN_ELX) != 0)
        try_streaming_off();
}
