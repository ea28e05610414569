#include "memory.h"

// Built with -fno-builtin, so that none of these loops becomes a call to
// itself.

void *memmove(void *to, const void *from, size_t size) {
    uint8_t *target = to;
    const uint8_t *source = from;

    if (target <= source) {
        for (size_t i = 0; i < size; i++)
            target[i] = source[i];
    } else {
        while (size-- != 0)
            target[size] = source[size];
    }
    return to;
}

void *memcpy(void *to, const void *from, size_t size) {
    return memmove(to, from, size);
}

void *memset(void *to, int value, size_t size) {
    uint8_t *target = to;

    for (size_t i = 0; i < size; i++)
        target[i] = (uint8_t)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size) {
    const uint8_t *left = a, *right = b;

    for (size_t i = 0; i < size; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

bool bytes_equal(struct bytes a, struct bytes b) {
    return a.size == b.size && memcmp(a.start, b.start, a.size) == 0;
}

bool bytes_begin_with(struct bytes all, struct bytes start) {
    return all.size >= start.size && memcmp(all.start, start.start, start.size) == 0;
}

bool bytes_hold(struct bytes all, struct bytes pattern) {
    for (; all.size >= pattern.size; all.start++, all.size--)
        if (memcmp(all.start, pattern.start, pattern.size) == 0)
            return true;
    return false;
}

struct bytes bytes_of(const char *string) {
    struct bytes bytes = {(const uint8_t *)string, 0};

    while (string[bytes.size] != '\0')
        bytes.size++;
    return bytes;
}
