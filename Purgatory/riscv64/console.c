// The console that the firmware has set up and speaks on itself: nothing of the
// old kernel's device drivers is needed.

#include <stdbool.h>

#include "machine.h"
#include "message.h"
#include "sbi.h"

// Chapter 4: the base extension, which every firmware since SBI 0.2 has.
#define SBI_BASE            0x10
#define SBI_PROBE_EXTENSION 3

// Chapter 12: the debug console.
#define SBI_DEBUG_CONSOLE      0x4442434e
#define SBI_CONSOLE_WRITE_BYTE 2

// Chapter 5: what there was before, and still is beside it.
#define SBI_LEGACY_PUTCHAR 1

// Firmware waits until a byte fits into its UART, not until it is sent. This is
// more than the 16 that such a UART holds take at 115200 baud, on the fastest
// hart that there may be.
#define DRAIN_LOOPS (1u << 24)

static bool has_debug_console(void) {
    static enum { UNKNOWN, PRESENT, ABSENT } state;

    if (state == UNKNOWN) {
        const struct sbi_answer answer = sbi_call(SBI_BASE, SBI_PROBE_EXTENSION, SBI_DEBUG_CONSOLE, 0);
        state = answer.error == 0 && answer.value != 0 ? PRESENT : ABSENT;
    }
    return state == PRESENT;
}

void purgatory_putchar(char character) {
    const uint64_t byte = (uint8_t)character;

    if (has_debug_console())
        sbi_call(SBI_DEBUG_CONSOLE, SBI_CONSOLE_WRITE_BYTE, byte, 0);
    else
        sbi_call(SBI_LEGACY_PUTCHAR, 0, byte, 0);
}

void console_drain(void) {
    for (unsigned i = 0; i < DRAIN_LOOPS; i++)
        __asm__ volatile("" : : : "memory");
}
