#include "machine.h"
#include "sbi.h"

// Chapter 10: system reset.
#define SBI_SYSTEM_RESET       0x53525354
#define SBI_COLD_REBOOT        1
#define SBI_FOR_SYSTEM_FAILURE 1

_Noreturn void machine_halt(void) {
    for (;;)
        __asm__ volatile("wfi" : : : "memory");
}

_Noreturn void machine_reset(void) {
    sbi_call(SBI_SYSTEM_RESET, 0, SBI_COLD_REBOOT, SBI_FOR_SYSTEM_FAILURE);
    machine_halt();
}
