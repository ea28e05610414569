#ifndef PURGATORY_VERIFY_H
#define PURGATORY_VERIFY_H

#include <stdbool.h>

#include "parameters.h"

/// Hashes the segments that the digest covers, in the order of the list, and
/// compares. `computed` gets the digest either way.
bool purgatory_verify(const struct purgatory_record *record, enum sha256_implementation implementation,
                      uint8_t computed[SHA256_DIGEST_SIZE]);

/// Whether the digest covers the segment and its checksum is not that of the load.
/// Asked only when the digest does not fit: it costs another reading of memory.
bool purgatory_segment_changed(const struct purgatory_segment *segment);

#endif
