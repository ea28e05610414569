#include "exceptions.h"

#include <cpuid.h>
#include <stdbool.h>

#define VECTORS     32
#define STUB_SIZE   16   // exceptions.S
#define BOOT_CS     0x10 // entry.S
#define GATE        0x8e // present, 64-bit interrupt gate
#define CR4_MCE     (1ul << 6)
#define CPUID_1_MCE (1u << 7) // EDX

// An entry of the table (Intel SDM volume 3, "64-Bit Mode IDT").
static struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
} gates[VECTORS];

_Static_assert(sizeof gates[0] == 16, "as the CPU reads it");

#pragma GCC visibility push(hidden)
extern uint8_t exception_stubs[];
#pragma GCC visibility pop

static void load(struct descriptor_table table) {
    __asm__ volatile("lidt %0" : : "m"(table));
}

static bool has_machine_checks(void) {
    unsigned eax, ebx, ecx, edx;

    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (edx & CPUID_1_MCE) != 0;
}

struct exception_state exceptions_switch_on(void) {
    struct exception_state as_found;

    for (int i = 0; i < VECTORS; i++) {
        const uint64_t stub = (uint64_t)exception_stubs + (uint64_t)i * STUB_SIZE;

        gates[i] = (struct gate){
            .offset_low = (uint16_t)stub,
            .selector = BOOT_CS,
            .type = GATE,
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
        };
    }
    __asm__ volatile("sidt %0" : "=m"(as_found.table));
    load((struct descriptor_table){.limit = sizeof gates - 1, .base = (uint64_t)gates});

    // While CR4.MCE is clear, a machine check shuts the CPU down.
    __asm__ volatile("movq %%cr4, %0" : "=r"(as_found.cr4));
    if (has_machine_checks())
        __asm__ volatile("movq %0, %%cr4" : : "r"(as_found.cr4 | CR4_MCE) : "memory");
    return as_found;
}

void exceptions_restore(struct exception_state as_found) {
    __asm__ volatile("movq %0, %%cr4" : : "r"(as_found.cr4) : "memory");
    load(as_found.table);
}
