// Exceptions while the checks are made. The old kernel leaves a vector that leads
// into the void, or back to the start of purgatory.

#ifndef PURGATORY_VECTORS_H
#define PURGATORY_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

/// Purgatory's own vector; returns that of the old kernel. Interrupts stay as the
/// old kernel left them: masked.
uint64_t vectors_switch_on(void);

void vectors_restore(uint64_t as_found);

// vectors.S: each tries an instruction that may not be there on this hart, or not
// be allowed by what is below supervisor mode. False: it made an exception.

/// SHA256SIG0.
bool try_zknh(void);

/// VSHA2MS.VV, with vectors of 128 bits.
bool try_zvknha(void);

#endif
