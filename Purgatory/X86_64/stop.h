// What happens instead of the new kernel when a check has failed.

#ifndef PURGATORY_STOP_H
#define PURGATORY_STOP_H

_Noreturn void halt_machine(void);

_Noreturn void reset_machine(void);

#endif
