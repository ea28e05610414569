#include "parameters_x86_64.h"

PURGATORY_PARAMETER uint32_t purgatory_serial_port = 0;
PURGATORY_PARAMETER uint32_t purgatory_serial_divisor = 0;
PURGATORY_PARAMETER uint64_t purgatory_kernel_entry = 0;
PURGATORY_PARAMETER uint64_t purgatory_boot_params = 0;
