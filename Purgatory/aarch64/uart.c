// The UART as the old kernel left it: Arm's PL011 (DDI 0183) or a 16550.

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"
#include "message.h"
#include "parameters_aarch64.h"

#define PL011_DATA      0x00
#define PL011_FLAGS     0x18
#define PL011_FLAG_BUSY (1u << 3)
#define PL011_FLAG_FULL (1u << 5)

#define UART8250_DATA          0
#define UART8250_LINE_STATUS   5
#define UART8250_HOLDING_EMPTY 0x20
#define UART8250_ALL_SENT      0x40

// A tenth of a second at the least: one that never gets ready (flow control, a
// device that is something else) must not hang us.
#define WAIT_MILLISECONDS 100

static bool has_given_up;

static uint64_t counter(void) {
    uint64_t ticks;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

static uint64_t counter_frequency(void) {
    uint64_t frequency;

    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}

static uint32_t read_word(uint64_t offset) {
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(purgatory_uart + offset) : "memory");
    return value;
}

static uint64_t register_8250(unsigned number) {
    return purgatory_uart_kind == PURGATORY_UART_8250_MMIO32 ? number * 4 : number;
}

static uint8_t read_8250(unsigned number) {
    uint32_t value;

    if (purgatory_uart_kind == PURGATORY_UART_8250_MMIO32)
        return (uint8_t)read_word(register_8250(number));
    __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(purgatory_uart + register_8250(number)) : "memory");
    return (uint8_t)value;
}

static bool is_ready(void) {
    if (purgatory_uart_kind == PURGATORY_UART_PL011)
        return !(read_word(PL011_FLAGS) & PL011_FLAG_FULL);
    return (read_8250(UART8250_LINE_STATUS) & UART8250_HOLDING_EMPTY) != 0;
}

static bool is_idle(void) {
    if (purgatory_uart_kind == PURGATORY_UART_PL011)
        return !(read_word(PL011_FLAGS) & PL011_FLAG_BUSY);
    return (read_8250(UART8250_LINE_STATUS) & UART8250_ALL_SENT) != 0;
}

static bool wait_for(bool (*condition)(void)) {
    const uint64_t start = counter();
    const uint64_t limit = counter_frequency() / 1000 * WAIT_MILLISECONDS;

    while (!condition()) {
        if (counter() - start > limit)
            return false;
    }
    return true;
}

static void send(uint8_t byte) {
    const uint64_t address = purgatory_uart + PL011_DATA; // register 0 of either kind

    if (purgatory_uart_kind == PURGATORY_UART_8250_MMIO)
        __asm__ volatile("strb %w0, [%1]" : : "r"((uint32_t)byte), "r"(address) : "memory");
    else
        __asm__ volatile("str %w0, [%1]" : : "r"((uint32_t)byte), "r"(address) : "memory");
}

void purgatory_putchar(char character) {
    if (purgatory_uart_kind == PURGATORY_UART_NONE || has_given_up)
        return;
    if (wait_for(is_ready))
        send((uint8_t)character);
    else
        has_given_up = true;
}

void console_drain(void) {
    if (purgatory_uart_kind != PURGATORY_UART_NONE && !has_given_up)
        wait_for(is_idle);
}
