#include "machine.h"

#include <stdint.h>

#include "port_io.h"

// The reset control register of PC chipsets: the kind of reset first, then the
// rising edge of the request.
#define RESET_CONTROL 0xcf9
#define RESET_SYSTEM  0x02
#define RESET_CPU     0x04

// The keyboard controller, whose output line 0 is the CPU's reset.
#define KEYBOARD_COMMAND     0x64
#define KEYBOARD_STATUS      0x64
#define KEYBOARD_INPUT_FULL  0x02
#define KEYBOARD_PULSE_RESET 0xfe

// About 50 ms: a read of a port takes about a microsecond.
#define RESET_WAIT_READS 50000

// Time for a reset to happen before the next way is tried. The keyboard
// controller's status port has no side effect.
static void wait_for_reset(void) {
    for (int i = 0; i < RESET_WAIT_READS; i++)
        (void)port_read(KEYBOARD_STATUS);
}

static void wait_for_keyboard_controller(void) {
    for (int i = 0; i < RESET_WAIT_READS; i++) {
        if (!(port_read(KEYBOARD_STATUS) & KEYBOARD_INPUT_FULL))
            return;
    }
}

// Without an interrupt descriptor table an exception becomes a double fault,
// that one a triple fault, and that one shuts the CPU down: PCs reset then.
static void triple_fault(void) {
    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) no_table = {0, 0};

    __asm__ volatile("lidt %0\n\tud2" : : "m"(no_table));
}

_Noreturn void machine_halt(void) {
    // A non-maskable interrupt ends a halt, hence the loop.
    for (;;)
        __asm__ volatile("cli\n\thlt" : : : "memory");
}

_Noreturn void machine_reset(void) {
    port_write(RESET_CONTROL, RESET_SYSTEM);
    port_write(RESET_CONTROL, RESET_SYSTEM | RESET_CPU);
    wait_for_reset();

    wait_for_keyboard_controller();
    port_write(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
    wait_for_reset();

    triple_fault();
    machine_halt();
}
