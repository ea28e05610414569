// The way back to a kernel that keeps its context (KEXEC_PRESERVE_CONTEXT).

#ifndef PURGATORY_WAY_BACK_H
#define PURGATORY_WAY_BACK_H

#include <stdint.h>

#pragma GCC visibility push(hidden)

/// Where the old kernel's call of purgatory returns to; 0 = nowhere.
extern uint64_t purgatory_return_address;

/// Writes the return address into the new kernel's command line, where there is
/// a place for it.
void purgatory_tell_way_back(void);

/// Makes sure that the page tables in force map the page at that physical address
/// one to one. The kernel that is left maps its own memory only, and the one that
/// is jumped back to lies outside.
void purgatory_map(uint64_t address);

#pragma GCC visibility pop

#endif
