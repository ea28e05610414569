// Called by each architecture's entry.S. It decides whether the new kernel is
// started. Not a part of what unit tests run: it stops the machine.

#include "machine.h"
#include "message.h"
#include "parameters.h"

__attribute__((visibility("hidden"))) void purgatory_check(void) {
    if (purgatory_check_enabled == 0 || machine_checks_pass())
        return;

    const bool resetting = purgatory_on_mismatch == PURGATORY_RESET;
    purgatory_report_end(resetting);
    console_drain();
    if (resetting)
        machine_reset();
    machine_halt();
}
