#include "checks.h"
#include "exceptions.h"
#include "machine.h"
#include "parameters_x86_64.h"
#include "sse.h"

bool machine_checks_pass(void) {
    const struct exception_state exceptions = exceptions_switch_on();
    const enum sha256_implementation implementation = sha256_best_implementation();
    const bool needs_sse = implementation == SHA256_X86_SHA;
    struct control_registers as_found;

    if (needs_sse)
        as_found = sse_switch_on();
    const bool pass = purgatory_checks_pass(&purgatory_record, implementation);
    if (needs_sse)
        sse_restore(as_found);
    exceptions_restore(exceptions);
    return pass;
}
