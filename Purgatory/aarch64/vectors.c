#include "vectors.h"

#include "exception_level.h"
#include "machine.h"

#define ESR_CLASS_SHIFT 26 // ESR_ELx.EC
#define ESR_CLASS_MASK  0x3f

#pragma GCC visibility push(hidden)
// vectors.S
extern uint8_t purgatory_vectors[];
#pragma GCC visibility pop

void vectors_restore(uint64_t as_found) {
    if (at_el2())
        __asm__ volatile("msr vbar_el2, %0\n\tisb" : : "r"(as_found) : "memory");
    else
        __asm__ volatile("msr vbar_el1, %0\n\tisb" : : "r"(as_found) : "memory");
}

uint64_t vectors_switch_on(void) {
    uint64_t as_found;

    if (at_el2())
        __asm__ volatile("mrs %0, vbar_el2" : "=r"(as_found));
    else
        __asm__ volatile("mrs %0, vbar_el1" : "=r"(as_found));
    vectors_restore((uint64_t)purgatory_vectors);
    return as_found;
}

/// Called by vectors.S, on a stack of its own.
_Noreturn __attribute__((visibility("hidden"))) void vectors_report(void) {
    uint64_t syndrome, instruction, data;

    if (at_el2())
        __asm__ volatile("mrs %0, esr_el2\n\tmrs %1, elr_el2\n\tmrs %2, far_el2"
                         : "=r"(syndrome), "=r"(instruction), "=r"(data));
    else
        __asm__ volatile("mrs %0, esr_el1\n\tmrs %1, elr_el1\n\tmrs %2, far_el1"
                         : "=r"(syndrome), "=r"(instruction), "=r"(data));
    purgatory_exception(syndrome >> ESR_CLASS_SHIFT & ESR_CLASS_MASK, syndrome, instruction, data);
}
