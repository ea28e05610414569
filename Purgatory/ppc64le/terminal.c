// The virtual terminal of a logical partition: the hypervisor call
// H_PUT_TERM_CHAR (PAPR 2.9, section 16.4.2) takes up to 16 characters and comes
// back at once, so nothing can hang here. On a machine without a hypervisor
// purgatory stays silent: OPAL's console is firmware code that can.

#include <stdbool.h>

#include "machine.h"
#include "message.h"
#include "parameters_ppc64le.h"
#include "timebase.h"

#define H_PUT_TERM_CHAR 0x58
#define H_SUCCESS       0
#define H_BUSY          1

// Time for somebody to read a terminal whose buffer is full.
#define BUSY_MICROSECONDS 100000

// The characters lie in two registers, the first one in the highest byte.
static struct {
    uint64_t words[2];
    unsigned count;
} collected;

static int64_t put_term_char(void) {
    register uint64_t r3 __asm__("r3") = H_PUT_TERM_CHAR;
    register uint64_t r4 __asm__("r4") = purgatory_terminal;
    register uint64_t r5 __asm__("r5") = collected.count;
    register uint64_t r6 __asm__("r6") = collected.words[0];
    register uint64_t r7 __asm__("r7") = collected.words[1];

    __asm__ volatile("sc 1"
                     : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7)
                     :
                     : "r0", "r8", "r9", "r10", "r11", "r12", "cr0", "cr1", "cr5", "cr6", "cr7", "ctr", "xer",
                       "memory");
    return (int64_t)r3;
}

void console_drain(void) {
    const uint64_t start = timebase();

    if (collected.count == 0)
        return;
    while (put_term_char() == H_BUSY && timebase() - start < BUSY_MICROSECONDS * TICKS_PER_MICROSECOND)
        continue;
    collected.words[0] = collected.words[1] = 0;
    collected.count = 0;
}

void purgatory_putchar(char character) {
    if (purgatory_has_terminal == 0)
        return;
    collected.words[collected.count / 8] |= (uint64_t)(uint8_t)character << (56 - 8 * (collected.count % 8));
    if (++collected.count == 16 || character == '\n')
        console_drain();
}
