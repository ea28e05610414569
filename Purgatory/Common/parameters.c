#include "parameters.h"

// Aligned for those who look for it.
PURGATORY_PARAMETER __attribute__((aligned(PURGATORY_RECORD_ALIGNMENT))) struct purgatory_record purgatory_record = {0};
