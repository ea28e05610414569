#include "parameters_ppc64le.h"

PURGATORY_PARAMETER uint64_t purgatory_kernel = 0;
PURGATORY_PARAMETER uint32_t purgatory_run_at_load = 0;
PURGATORY_PARAMETER uint64_t purgatory_fdt = 0;
PURGATORY_PARAMETER uint64_t purgatory_backup = 0;
PURGATORY_PARAMETER uint64_t purgatory_opal_base = 0;
PURGATORY_PARAMETER uint64_t purgatory_opal_entry = 0;
PURGATORY_PARAMETER uint32_t purgatory_vector_sha = 0;
PURGATORY_PARAMETER uint32_t purgatory_has_terminal = 0;
PURGATORY_PARAMETER uint32_t purgatory_terminal = 0;
PURGATORY_PARAMETER uint32_t purgatory_rtas_base = 0;
PURGATORY_PARAMETER uint32_t purgatory_rtas_entry = 0;
PURGATORY_PARAMETER uint32_t purgatory_rtas_reboot = 0;
