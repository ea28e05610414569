#ifndef PURGATORY_VECTORS_H
#define PURGATORY_VECTORS_H

#include <stdint.h>

/// Allows vector instructions (VMX and VSX); returns the MSR as it was found.
uint64_t vectors_switch_on(void);

void vectors_restore(uint64_t as_found);

#endif
