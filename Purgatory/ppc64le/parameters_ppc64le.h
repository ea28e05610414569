// What the loader patches into the ppc64le image besides the common parameters,
// and purgatory_kernel_head (entry.S): bytes 4 to 0xff of the new kernel.

#ifndef PURGATORY_PARAMETERS_PPC64LE_H
#define PURGATORY_PARAMETERS_PPC64LE_H

#include <stdint.h>

#include "parameters.h"

#pragma GCC visibility push(hidden)

/// Physical address of the new kernel, which is also its entry.
extern uint64_t purgatory_kernel;
/// 1: the kernel stays where it was loaded, as a crash kernel must.
extern uint32_t purgatory_run_at_load;
/// Physical address of the flattened device tree.
extern uint64_t purgatory_fdt;
/// Where the first 64 KiB of memory are saved to; 0 = not at all.
extern uint64_t purgatory_backup;
/// /ibm,opal's opal-base-address and opal-entry-address; 0 without OPAL.
extern uint64_t purgatory_opal_base;
extern uint64_t purgatory_opal_entry;
/// 1: this CPU has the vector instructions of SHA-256 (ISA 2.07).
extern uint32_t purgatory_vector_sha;
/// 1: the hypervisor takes characters for the terminal purgatory_terminal.
extern uint32_t purgatory_has_terminal;
/// Unit address of the terminal: /vdevice/vty@... .
extern uint32_t purgatory_terminal;
/// RTAS: where it is, where it is called, the token of system-reboot; 0 = none.
extern uint32_t purgatory_rtas_base;
extern uint32_t purgatory_rtas_entry;
extern uint32_t purgatory_rtas_reboot;

#pragma GCC visibility pop

#endif
