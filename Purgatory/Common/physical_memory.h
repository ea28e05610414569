#ifndef PURGATORY_PHYSICAL_MEMORY_H
#define PURGATORY_PHYSICAL_MEMORY_H

#include <stdint.h>

/// The bytes at a physical address: purgatory runs with memory mapped one to
/// one, or not mapped at all. Unit tests pass the address of a buffer.
///
/// Nothing else writes to the memory that is checked, and it is only read as
/// bytes, so neither volatile nor a compiler barrier is needed.
static inline const uint8_t *physical_memory(uint64_t address) {
    return (const uint8_t *)(uintptr_t)address;
}

#endif
