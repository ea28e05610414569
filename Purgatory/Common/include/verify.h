#ifndef PURGATORY_VERIFY_H
#define PURGATORY_VERIFY_H

#include <stdbool.h>

#include "parameters.h"

/// Hashes the regions in the order of the list and compares with `expected`.
/// `computed` gets the digest either way.
bool purgatory_verify(const struct purgatory_region regions[PURGATORY_SEGMENT_LIMIT],
                      const uint8_t expected[SHA256_DIGEST_SIZE], enum sha256_implementation implementation,
                      uint8_t computed[SHA256_DIGEST_SIZE]);

#endif
