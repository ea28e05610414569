// What purgatory says goes to each console that it was told of.

#include "machine.h"
#include "message.h"
#include "serial.h"
#include "vga.h"

void purgatory_putchar(char character) {
    serial_putchar(character);
    vga_putchar(character);
}

void console_drain(void) {
    serial_drain();
}
