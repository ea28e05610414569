// Called by entry.S. It decides whether the new kernel is started.

#include "checks.h"
#include "message.h"
#include "parameters_ppc64.h"
#include "stop.h"
#include "terminal.h"
#include "vectors.h"

static bool everything_checks_out(void) {
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

__attribute__((visibility("hidden"))) void purgatory_check(void) {
    if (purgatory_check_enabled == 0 || everything_checks_out())
        return;

    const bool resetting = purgatory_on_mismatch == PURGATORY_RESET;
    purgatory_report_end(resetting);
    terminal_flush();
    if (resetting)
        reset_machine();
    halt_machine();
}
