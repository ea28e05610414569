// read-counter: prints what the machine's counter says, its frequency in Hz, and what it said when this kernel's clock
// started. The counter runs on from one kernel to the next. On arm64 alone.
#include <stdint.h>
#include <stdio.h>
#include <time.h>

int main(void) {
#if defined(__aarch64__)
    uint64_t ticks, frequency;
    struct timespec up;
    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    clock_gettime(CLOCK_MONOTONIC, &up);
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks));
    uint64_t since = (uint64_t)up.tv_sec * frequency + (uint64_t)up.tv_nsec * frequency / 1000000000;
    printf("%llu %llu %llu\n", (unsigned long long)ticks, (unsigned long long)frequency,
           (unsigned long long)(ticks - since));
    return 0;
#else
    fputs("read-counter: not for this machine\n", stderr);
    return 1;
#endif
}
