#include "vectors.h"

#include "machine.h"

#pragma GCC visibility push(hidden)
// vectors.S
extern uint8_t purgatory_vector[];
#pragma GCC visibility pop

void vectors_restore(uint64_t as_found) {
    __asm__ volatile("csrw stvec, %0" : : "r"(as_found) : "memory");
}

uint64_t vectors_switch_on(void) {
    uint64_t as_found;

    __asm__ volatile("csrr %0, stvec" : "=r"(as_found));
    vectors_restore((uint64_t)purgatory_vector);
    return as_found;
}

/// Called by vectors.S, on a stack of its own. The cause stands for number and
/// syndrome: RISC-V has no other.
_Noreturn __attribute__((visibility("hidden"))) void vectors_report(void) {
    uint64_t cause, instruction, value;

    __asm__ volatile("csrr %0, scause\n\tcsrr %1, sepc\n\tcsrr %2, stval"
                     : "=r"(cause), "=r"(instruction), "=r"(value));
    purgatory_exception(cause, cause, instruction, value);
}
