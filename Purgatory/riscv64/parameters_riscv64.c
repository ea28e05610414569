#include "parameters_riscv64.h"

PURGATORY_PARAMETER uint64_t purgatory_kernel_entry = 0;
PURGATORY_PARAMETER uint64_t purgatory_fdt = 0;
PURGATORY_PARAMETER uint32_t purgatory_hash_instructions = 0;
