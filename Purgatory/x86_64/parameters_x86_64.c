#include "parameters_x86_64.h"

PURGATORY_PARAMETER uint32_t purgatory_serial_port = 0;
PURGATORY_PARAMETER uint32_t purgatory_serial_divisor = 0;
PURGATORY_PARAMETER uint32_t purgatory_console_vga = 0;
PURGATORY_PARAMETER uint32_t purgatory_reset_vga = 0;
PURGATORY_PARAMETER uint32_t purgatory_entry_mode = 0;
PURGATORY_PARAMETER uint64_t purgatory_kernel_entry = 0;
PURGATORY_PARAMETER uint64_t purgatory_boot_params = 0;
PURGATORY_PARAMETER uint32_t purgatory_eax = 0;
PURGATORY_PARAMETER uint32_t purgatory_ebx = 0;
PURGATORY_PARAMETER uint64_t purgatory_argument = 0;
PURGATORY_PARAMETER uint32_t purgatory_is_called = 0;
PURGATORY_PARAMETER uint64_t purgatory_way_back_digits = 0;
PURGATORY_PARAMETER uint64_t purgatory_page_tables = 0;
PURGATORY_PARAMETER uint32_t purgatory_real_segment = 0;
PURGATORY_PARAMETER uint32_t purgatory_real_stack = 0;
