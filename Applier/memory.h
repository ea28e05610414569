#ifndef APPLIER_MEMORY_H
#define APPLIER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Some bytes of the plan file, or of another file in memory.
struct bytes {
    const uint8_t *start;
    size_t size;
};

bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_begin_with(struct bytes all, struct bytes start);
/// Whether the pattern stands somewhere in them.
bool bytes_hold(struct bytes all, struct bytes pattern);

/// The bytes of a string, without its NUL.
struct bytes bytes_of(const char *string);

// What compilers call even where there is no library.
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
