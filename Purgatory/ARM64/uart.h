#ifndef PURGATORY_UART_H
#define PURGATORY_UART_H

/// Waits until everything has been sent.
void uart_drain(void);

#endif
