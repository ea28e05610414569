// panic-in-streaming-mode: started by exec in place of init, it enters the streaming mode of Arm's SME and dies of an
// invalid access. The kernel panics because init is gone, on this CPU and without a system call in between, so that the
// CPU is still in that mode when it leaves for the crash kernel.
//
// Says on descriptor 3, the port of reports, what SVCR was just before.
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#if defined __aarch64__
#include <signal.h>

/* Where the CPU or the kernel has no such mode. */
static void no_such_mode(int signal) {
    (void)signal;
    dprintf(3, "first streaming not here\n");
    _exit(1); // a panic, too
}

int main(void) {
    uint64_t svcr = 0;
    // AT_HWCAP2 does not tell: newer kernels leave SME out of it.
    signal(SIGILL, no_such_mode);
    __asm__ volatile(".inst 0xd503437f" : : : "memory"); // SMSTART SM
    __asm__ volatile("mrs %0, s3_3_c4_c2_2" : "=r"(svcr));
    __asm__ volatile(".inst 0xd503427f" : : : "memory"); // SMSTOP SM: a system call would do the same
    dprintf(3, "first streaming %u\n", (unsigned)svcr);
    if (svcr == 0)
        return 1;   // a panic, too
    usleep(500000); // the report leaves the port first
    __asm__ volatile(".inst 0xd503437f\n\tstr xzr, [%0]" : : "r"(8ul) : "memory");
    return 1;
}
#else
int main(void) {
    fprintf(stderr, "panic-in-streaming-mode: only Arm has it\n");
    return 1;
}
#endif
