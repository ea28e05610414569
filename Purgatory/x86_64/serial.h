// A console: a 16550 UART behind I/O ports. It is not touched before the
// first character, so a purgatory that finds nothing wrong leaves no trace.

#ifndef PURGATORY_SERIAL_H
#define PURGATORY_SERIAL_H

/// Nothing happens where there is no port.
void serial_putchar(char character);

/// Waits until the last character has left the wire, if there is a console.
void serial_drain(void);

#endif
