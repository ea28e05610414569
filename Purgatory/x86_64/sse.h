// The SHA extensions work on SSE registers, and those are switched off when
// purgatory is entered: the old kernel leaves only PAE (and LA57) set in CR4.

#ifndef PURGATORY_SSE_H
#define PURGATORY_SSE_H

#include <stdint.h>

struct control_registers {
    uint64_t cr0;
    uint64_t cr4;
};

/// Lets SSE instructions execute. Returns the registers as they were.
struct control_registers sse_switch_on(void);

void sse_restore(struct control_registers as_found);

#endif
