#ifndef PURGATORY_ELF_CORE_H
#define PURGATORY_ELF_CORE_H

#include <stdint.h>

/// What is wrong with the ELF core header of a crash kernel, or a null
/// pointer. Reads nothing past memory_size.
const char *elf_core_fault(const uint8_t *header, uint64_t memory_size, uint32_t machine);

#endif
