// Three levels of tables of 512 entries: 512 GiB, 1 GiB and 2 MiB an entry (Arm
// ARM, section D8.3).

#include "identity_map.h"

#define ENTRIES 512
// The first, one for each 512 GiB and one for each GiB that is touched. The 16
// segments of an image lie in a few of each: a crash kernel's region has one or
// two GiB.
#define TABLES 32

#define ENTRY_VALID           1ull
#define ENTRY_TABLE           2ull
#define ENTRY_ATTRIBUTE_SHIFT 2
#define ENTRY_RES1_EL2        (1ull << 6) // AP[1] where EL2 is not a host
#define ENTRY_INNER_SHAREABLE (3ull << 8)
#define ENTRY_ACCESSED        (1ull << 10)
#define ENTRY_NEVER_EXECUTE   (1ull << 54)
#define ENTRY_ADDRESS         0x0000fffffffff000ull

#define BLOCK_SHIFT   21
#define ADDRESS_LIMIT (1ull << 48)

static uint64_t tables[TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned tables_used = 1;

uint64_t map_root(void) {
    return (uint64_t)tables[0];
}

// The table behind an entry, a new one if there is none yet; null if all are used.
static uint64_t *next_table(uint64_t *entry) {
    if (!(*entry & ENTRY_VALID)) {
        if (tables_used == TABLES)
            return 0;
        *entry = (uint64_t)tables[tables_used++] | ENTRY_TABLE | ENTRY_VALID;
    }
    return (uint64_t *)(*entry & ENTRY_ADDRESS);
}

static bool map_block(uint64_t address, uint64_t flags) {
    uint64_t *table = tables[0];

    for (unsigned shift = 39; shift > BLOCK_SHIFT; shift -= 9) {
        table = next_table(&table[address >> shift & (ENTRIES - 1)]);
        if (table == 0)
            return false;
    }
    table[address >> BLOCK_SHIFT & (ENTRIES - 1)] = address | flags;
    return true;
}

bool map_memory(uint64_t start, uint64_t length, enum map_attribute attribute, bool is_plain_el2) {
    uint64_t flags =
        ENTRY_VALID | (uint64_t)attribute << ENTRY_ATTRIBUTE_SHIFT | ENTRY_INNER_SHAREABLE | ENTRY_ACCESSED;

    if (length == 0)
        return true;
    if (start >= ADDRESS_LIMIT || length > ADDRESS_LIMIT - start)
        return false;
    if (attribute == MAP_DEVICE)
        flags |= ENTRY_NEVER_EXECUTE;
    if (is_plain_el2)
        flags |= ENTRY_RES1_EL2;
    for (uint64_t block = start >> BLOCK_SHIFT; block <= (start + length - 1) >> BLOCK_SHIFT; block++) {
        if (!map_block(block << BLOCK_SHIFT, flags))
            return false;
    }
    return true;
}
