#include "serial.h"

#include <stdbool.h>

#include "parameters_x86_64.h"
#include "port_io.h"

// Registers of the 16550, counted from the first port.
#define TRANSMIT_HOLDING 0
#define DIVISOR_LOW      0 // while LINE_DIVISOR_ACCESS is set
#define DIVISOR_HIGH     1 // while LINE_DIVISOR_ACCESS is set
#define LINE_CONTROL     3
#define MODEM_CONTROL    4
#define LINE_STATUS      5

#define LINE_8N1                 0x03
#define LINE_DIVISOR_ACCESS      0x80
#define MODEM_DTR                0x01
#define MODEM_RTS                0x02
#define STATUS_HOLDING_EMPTY     0x20
#define STATUS_TRANSMITTER_EMPTY 0x40

// A read of a port takes about a microsecond, so this is a tenth of a second:
// time for a full FIFO of 16 characters at 2400 baud.
#define STATUS_READS 100000

static enum { UNOPENED, OPEN, GIVEN_UP } state;

static uint16_t port_of(uint16_t serial_register) {
    return (uint16_t)(purgatory_serial_port + serial_register);
}

// A port without a UART reads as 0xff, which looks ready. One that never gets
// ready (flow control, a device that is something else) must not hang us.
static bool wait_for(uint8_t status) {
    for (int i = 0; i < STATUS_READS; i++) {
        if (port_read(port_of(LINE_STATUS)) & status)
            return true;
    }
    return false;
}

static void open_serial(void) {
    if (purgatory_serial_port == 0) {
        state = GIVEN_UP;
        return;
    }
    state = OPEN;
    // What the old kernel has written goes out at its own speed.
    wait_for(STATUS_TRANSMITTER_EMPTY);
    if (purgatory_serial_divisor != 0) {
        port_write(port_of(LINE_CONTROL), LINE_DIVISOR_ACCESS | LINE_8N1);
        port_write(port_of(DIVISOR_LOW), (uint8_t)purgatory_serial_divisor);
        port_write(port_of(DIVISOR_HIGH), (uint8_t)(purgatory_serial_divisor >> 8));
        port_write(port_of(LINE_CONTROL), LINE_8N1);
    }
    port_write(port_of(MODEM_CONTROL), MODEM_DTR | MODEM_RTS);
}

void serial_putchar(char character) {
    if (state == UNOPENED)
        open_serial();
    if (state == OPEN && !wait_for(STATUS_HOLDING_EMPTY))
        state = GIVEN_UP;
    if (state == OPEN)
        port_write(port_of(TRANSMIT_HOLDING), (uint8_t)character);
}

void serial_drain(void) {
    if (state == OPEN)
        wait_for(STATUS_TRANSMITTER_EMPTY);
}
