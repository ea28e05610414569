#ifndef PURGATORY_IDENTITY_MAP_H
#define PURGATORY_IDENTITY_MAP_H

#include <stdbool.h>
#include <stdint.h>

/// What the attribute register has at these indices.
enum map_attribute {
    MAP_NORMAL = 0,
    MAP_DEVICE = 1,
};

/// Maps every 2 MiB that the range touches; nothing for an empty range. False if
/// there are no tables left, or an address has more than 48 bits.
bool map_memory(uint64_t start, uint64_t length, enum map_attribute attribute, bool is_plain_el2);

/// Physical address of the first table.
uint64_t map_root(void);

#endif
