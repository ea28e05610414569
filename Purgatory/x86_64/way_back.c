#include "way_back.h"

#include <stdbool.h>

#include "parameters_x86_64.h"

#define DIGITS 16

// Entries of page tables (Intel SDM, volume 3, "4-Level Paging and 5-Level
// Paging"). Level 1 maps pages of 4 KiB, level 2 of 2 MiB, level 3 of 1 GiB.
#define PRESENT     0x001
#define WRITABLE    0x002
#define LARGE       0x080
#define ADDRESS     0x000ffffffffff000
#define LARGE_LEVEL 2
#define LARGE_SIZE  (1ull << 21)
#define ENTRIES     512
#define CR4_LA57    (1ull << 12)

uint64_t purgatory_return_address;

void purgatory_tell_way_back(void) {
    if (purgatory_way_back_digits == 0)
        return;
    volatile char *digits = (volatile char *)purgatory_way_back_digits;
    for (int i = 0; i < DIGITS; i++) {
        const unsigned digit = purgatory_return_address >> (4 * (DIGITS - 1 - i)) & 15;
        digits[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
}

static uint64_t control_register_3(void) {
    uint64_t value;
    __asm__ volatile("movq %%cr3, %0" : "=r"(value));
    return value;
}

static bool has_five_levels(void) {
    uint64_t value;
    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return (value & CR4_LA57) != 0;
}

static volatile uint64_t *entry_of(uint64_t table, uint64_t address, int level) {
    const uint64_t index = address >> (12 + 9 * (level - 1)) & (ENTRIES - 1);
    return (volatile uint64_t *)(table & ADDRESS) + index;
}

void purgatory_map(uint64_t address) {
    uint64_t new_table = purgatory_page_tables;
    uint64_t table = control_register_3();

    // Nothing that is mapped is changed, so nothing need be flushed.
    for (int level = has_five_levels() ? 5 : 4;; level--) {
        volatile uint64_t *entry = entry_of(table, address, level);
        if ((*entry & PRESENT) == 0) {
            if (level == LARGE_LEVEL) {
                *entry = (address & ~(LARGE_SIZE - 1)) | LARGE | WRITABLE | PRESENT;
                return;
            }
            if (level == 1) {
                *entry = (address & ADDRESS) | WRITABLE | PRESENT;
                return;
            }
            *entry = new_table | WRITABLE | PRESENT;
            new_table += ENTRIES * sizeof(uint64_t);
        } else if (level == 1 || (level <= 3 && (*entry & LARGE) != 0)) {
            return;
        }
        table = *entry;
    }
}
