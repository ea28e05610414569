#ifndef PURGATORY_TERMINAL_H
#define PURGATORY_TERMINAL_H

/// Sends what purgatory_putchar() has collected.
void terminal_flush(void);

#endif
