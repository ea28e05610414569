// Called by entry.S. It decides whether the new kernel is started.

#include "checks.h"
#include "message.h"
#include "parameters_x86_64.h"
#include "serial.h"
#include "sse.h"
#include "stop.h"
#include "vga.h"

static bool everything_checks_out(void) {
    const enum sha256_implementation implementation = sha256_best_implementation();
    const bool needs_sse = implementation == SHA256_X86_SHA;
    struct control_registers as_found;

    if (needs_sse)
        as_found = sse_switch_on();
    const bool pass = purgatory_checks_pass(purgatory_shapes, purgatory_regions,
                                            purgatory_digest, implementation);
    if (needs_sse)
        sse_restore(as_found);
    return pass;
}

__attribute__((visibility("hidden"))) void purgatory_check(void) {
    if (purgatory_reset_vga != 0)
        vga_reset();
    if (purgatory_check_enabled == 0 || everything_checks_out())
        return;

    const bool resetting = purgatory_on_mismatch == PURGATORY_RESET;
    purgatory_report_end(resetting);
    serial_drain();
    if (resetting)
        reset_machine();
    halt_machine();
}
