// The hash reads tens of megabytes. With the data cache off, and it is off while
// the MMU is, that takes minutes on real boards.

#ifndef PURGATORY_MMU_H
#define PURGATORY_MMU_H

#include <stdbool.h>

/// Maps what the digest covers, purgatory itself and the UART one to one, and
/// switches MMU and caches on. False, and nothing has changed, if this CPU has no
/// pages of 4 KiB or the tables do not suffice.
bool mmu_switch_on(void);

/// Switches them off and cleans what purgatory wrote out of the caches.
void mmu_switch_off(void);

#endif
