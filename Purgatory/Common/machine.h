// What check.c asks of an architecture, and what it does for one.

#ifndef PURGATORY_MACHINE_H
#define PURGATORY_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/// purgatory_checks_pass(), with everything switched on that makes it fast, and
/// off again afterwards.
bool machine_checks_pass(void);

/// Returns when all that purgatory_putchar() was given has been sent.
void console_drain(void);

_Noreturn void machine_halt(void);

/// Halts where the machine has no way to be reset.
_Noreturn void machine_reset(void);

#pragma GCC visibility push(hidden)

/// What exception vectors call: reports the exception and stops the machine as a
/// failed check does. The numbers are those of the architecture.
_Noreturn void purgatory_exception(uint64_t number, uint64_t syndrome, uint64_t instruction, uint64_t data);

#pragma GCC visibility pop

#endif
