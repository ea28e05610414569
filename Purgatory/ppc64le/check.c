#include "checks.h"
#include "machine.h"
#include "parameters_ppc64le.h"
#include "vectors.h"

// Interrupt vectors stay those of the old kernel. They lie at address 0, in memory
// that the dump is to show as it was, and the other CPUs wait in the page below
// them; firmware calls what the old kernel registered for machine checks and
// resets (ibm,nmi-register), wherever the vectors lead. Nothing here can make a
// program interrupt: the one facility that the hash needs is switched on, and used
// only where the device tree names it.
bool machine_checks_pass(void) {
    const bool needs_vectors = purgatory_vector_sha != 0;
    uint64_t as_found = 0;

    if (needs_vectors)
        as_found = vectors_switch_on();
    const bool pass = purgatory_checks_pass(&purgatory_record, needs_vectors ? SHA256_PPC_SHA : SHA256_PORTABLE);
    if (needs_vectors)
        vectors_restore(as_found);
    return pass;
}
