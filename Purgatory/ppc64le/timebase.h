// The time base register counts at 512 MHz on every POWER server since POWER5.

#ifndef PURGATORY_TIMEBASE_H
#define PURGATORY_TIMEBASE_H

#include <stdint.h>

#define TICKS_PER_MICROSECOND 512

static inline uint64_t timebase(void) {
    uint64_t ticks;

    __asm__ volatile("mftb %0" : "=r"(ticks));
    return ticks;
}

static inline void wait_microseconds(uint64_t microseconds) {
    const uint64_t start = timebase();

    while (timebase() - start < microseconds * TICKS_PER_MICROSECOND)
        continue;
}

#endif
