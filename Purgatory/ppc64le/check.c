#include "checks.h"
#include "machine.h"
#include "parameters_ppc64le.h"
#include "vectors.h"

bool machine_checks_pass(void) {
    const bool needs_vectors = purgatory_vector_sha != 0;
    uint64_t as_found = 0;

    if (needs_vectors)
        as_found = vectors_switch_on();
    const bool pass = purgatory_checks_pass(purgatory_shapes, purgatory_regions, purgatory_digest,
                                            needs_vectors ? SHA256_PPC_SHA : SHA256_PORTABLE);
    if (needs_vectors)
        vectors_restore(as_found);
    return pass;
}
