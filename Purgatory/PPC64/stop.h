#ifndef PURGATORY_STOP_H
#define PURGATORY_STOP_H

_Noreturn void halt_machine(void);

/// Resets by RTAS; halts where there is none.
_Noreturn void reset_machine(void);

#endif
