// Exceptions while the checks are made. The old kernel's vectors are at addresses
// that only its page tables have, so an exception would hang the CPU in silence.

#ifndef PURGATORY_VECTORS_H
#define PURGATORY_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

/// Purgatory's own vectors; returns where those of the old kernel are. What can
/// be masked (interrupts, SError) stays as the old kernel left it: masked.
uint64_t vectors_switch_on(void);

void vectors_restore(uint64_t as_found);

// vectors.S: each tries an instruction that may not be allowed here, by a trap
// that this exception level cannot see. False: it made an exception.

/// MSR SVCR, 0: leaves streaming mode, and switches ZA off.
bool try_streaming_off(void);

/// SHA256H.
bool try_sha256(void);

#endif
