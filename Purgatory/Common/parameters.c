#include "parameters.h"

PURGATORY_PARAMETER uint8_t purgatory_digest[SHA256_DIGEST_SIZE] = {0};
PURGATORY_PARAMETER struct purgatory_region purgatory_regions[PURGATORY_SEGMENT_LIMIT] = {{0, 0}};
PURGATORY_PARAMETER struct purgatory_shape purgatory_shapes[PURGATORY_SEGMENT_LIMIT] = {{0, 0, 0, 0}};
PURGATORY_PARAMETER uint32_t purgatory_check_enabled = 0;
PURGATORY_PARAMETER uint32_t purgatory_on_mismatch = PURGATORY_HALT;
