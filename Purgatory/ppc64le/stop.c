#include "machine.h"

#include <stdint.h>

#include "parameters_ppc64le.h"

// What RTAS is called with (PAPR 2.9, section 7.2.8), in big-endian words.
struct rtas_arguments {
    uint32_t token;
    uint32_t inputs;
    uint32_t outputs;
    uint32_t values[1];
};

static struct rtas_arguments reboot;

_Noreturn void rtas_call(struct rtas_arguments *arguments, uint64_t base, uint64_t entry);

_Noreturn void machine_halt(void) {
    // At the priority that takes the least from the core's other threads.
    for (;;)
        __asm__ volatile("or 31, 31, 31" : : : "memory");
}

_Noreturn void machine_reset(void) {
    if (purgatory_rtas_entry == 0 || purgatory_rtas_reboot == 0)
        machine_halt();
    reboot.token = __builtin_bswap32(purgatory_rtas_reboot);
    reboot.inputs = __builtin_bswap32(0);
    reboot.outputs = __builtin_bswap32(1);
    rtas_call(&reboot, purgatory_rtas_base, purgatory_rtas_entry);
}
