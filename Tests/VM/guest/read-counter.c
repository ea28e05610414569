// read-counter: prints what the machine's counter says, its frequency in Hz, and what it said when this kernel's clock
// started. The counter runs on from one kernel to the next. On arm64 and RISC-V alone.
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#if defined __aarch64__
static uint64_t counter(void) {
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

static uint64_t frequency_of_counter(void) {
    uint64_t frequency;
    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}
#elif defined __riscv
static uint64_t counter(void) {
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

/* A cell of the device tree: no instruction tells. */
static uint64_t frequency_of_counter(void) {
    unsigned char cell[4] = {0};
    FILE *file = fopen("/proc/device-tree/cpus/timebase-frequency", "r");
    if (!file || fread(cell, sizeof cell, 1, file) != 1)
        return 0;
    return (uint64_t)cell[0] << 24 | cell[1] << 16 | cell[2] << 8 | cell[3];
}
#else
static uint64_t counter(void) {
    return 0;
}

static uint64_t frequency_of_counter(void) {
    return 0;
}
#endif

int main(void) {
    uint64_t frequency = frequency_of_counter();
    if (!frequency) {
        fputs("read-counter: not for this machine\n", stderr);
        return 1;
    }
    struct timespec up;
    clock_gettime(CLOCK_MONOTONIC, &up);
    uint64_t ticks = counter();
    uint64_t since = (uint64_t)up.tv_sec * frequency + (uint64_t)up.tv_nsec * frequency / 1000000000;
    printf("%llu %llu %llu\n", (unsigned long long)ticks, (unsigned long long)frequency,
           (unsigned long long)(ticks - since));
    return 0;
}
