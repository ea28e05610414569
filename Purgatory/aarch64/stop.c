#include "machine.h"

#include <stdint.h>

#include "parameters_aarch64.h"

// Power State Coordination Interface (DEN 0022).
#define PSCI_SYSTEM_RESET 0x84000009

_Noreturn void machine_halt(void) {
    for (;;)
        __asm__ volatile("wfe" : : : "memory");
}

_Noreturn void machine_reset(void) {
    register uint64_t function __asm__("x0") = PSCI_SYSTEM_RESET;

    if (purgatory_psci == PURGATORY_PSCI_HVC)
        __asm__ volatile("hvc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
    else if (purgatory_psci == PURGATORY_PSCI_SMC)
        __asm__ volatile("smc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
    machine_halt();
}
