#include "parameters_aarch64.h"

PURGATORY_PARAMETER uint64_t purgatory_kernel_entry = 0;
PURGATORY_PARAMETER uint64_t purgatory_fdt = 0;
PURGATORY_PARAMETER uint32_t purgatory_caches = 0;
PURGATORY_PARAMETER uint32_t purgatory_uart_kind = 0;
PURGATORY_PARAMETER uint64_t purgatory_uart = 0;
PURGATORY_PARAMETER uint32_t purgatory_psci = 0;
