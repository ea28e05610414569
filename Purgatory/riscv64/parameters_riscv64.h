// What the loader patches into the riscv64 image besides the common parameters.

#ifndef PURGATORY_PARAMETERS_RISCV64_H
#define PURGATORY_PARAMETERS_RISCV64_H

#include <stdint.h>

#include "parameters.h"

/// Bits: instructions for SHA-256 that every hart of the machine has.
enum purgatory_hash_instructions {
    /// Zknh: scalar ones.
    PURGATORY_HASH_ZKNH = 1,
    /// Zvknha or Zvknhb, and V: vector ones.
    PURGATORY_HASH_ZVKNHA = 2,
};

#pragma GCC visibility push(hidden)

/// Physical address of the new kernel's first instruction.
extern uint64_t purgatory_kernel_entry;
/// Physical address of the flattened device tree.
extern uint64_t purgatory_fdt;
/// enum purgatory_hash_instructions.
extern uint32_t purgatory_hash_instructions;

#pragma GCC visibility pop

#endif
