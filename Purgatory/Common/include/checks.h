#ifndef PURGATORY_CHECKS_H
#define PURGATORY_CHECKS_H

#include <stdbool.h>

#include "parameters.h"

/// Makes every check and reports each one that fails. True if the new kernel
/// may be started; nothing has been printed then.
bool purgatory_checks_pass(const struct purgatory_record *record, enum sha256_implementation implementation);

#endif
