// Called by each architecture's entry.S, and by its exception vectors. It decides
// whether the new kernel is started. Not a part of what unit tests run: it stops
// the machine.

#include "machine.h"
#include "message.h"
#include "parameters.h"

static _Noreturn void stop(void) {
    if (purgatory_record.on_mismatch == PURGATORY_RESET)
        machine_reset();
    machine_halt();
}

static _Noreturn void refuse(void) {
    purgatory_report_end(purgatory_record.on_mismatch == PURGATORY_RESET);
    console_drain();
    stop();
}

__attribute__((visibility("hidden"))) void purgatory_check(void) {
    if (purgatory_record.check_enabled == 0 || machine_checks_pass())
        return;
    refuse();
}

_Noreturn void purgatory_exception(uint64_t number, uint64_t syndrome, uint64_t instruction, uint64_t data) {
    static unsigned exceptions;

    // The console, and then the reset, may be what makes exceptions.
    switch (exceptions++) {
    case 0:
        purgatory_report_exception(number, syndrome, instruction, data);
        refuse();
    case 1:
        stop();
    default:
        machine_halt();
    }
}
