// What check.c asks of an architecture.

#ifndef PURGATORY_MACHINE_H
#define PURGATORY_MACHINE_H

#include <stdbool.h>

/// purgatory_checks_pass(), with everything switched on that makes it fast, and
/// off again afterwards.
bool machine_checks_pass(void);

/// Returns when all that purgatory_putchar() was given has been sent.
void console_drain(void);

_Noreturn void machine_halt(void);

/// Halts where the machine has no way to be reset.
_Noreturn void machine_reset(void);

#endif
