// Exceptions, machine checks and non-maskable interrupts while the checks are
// made. The old kernel leaves no descriptor table, so each of them would be a
// triple fault: a reset without a word, and without a dump.

#ifndef PURGATORY_EXCEPTIONS_H
#define PURGATORY_EXCEPTIONS_H

#include <stdint.h>

/// What SIDT stores and LIDT loads.
struct descriptor_table {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

struct exception_state {
    struct descriptor_table table;
    uint64_t cr4;
};

/// A table of purgatory's own, and machine checks come as exceptions. Returns what
/// was there.
struct exception_state exceptions_switch_on(void);

void exceptions_restore(struct exception_state as_found);

#endif
