#include "sse.h"

// Intel SDM volume 3, section "Initialization of the SSE Extensions".
#define CR0_MP         (1ul << 1)
#define CR0_EM         (1ul << 2)
#define CR0_TS         (1ul << 3)
#define CR4_OSFXSR     (1ul << 9)
#define CR4_OSXMMEXCPT (1ul << 10)

struct control_registers sse_switch_on(void) {
    struct control_registers as_found;

    __asm__ volatile("movq %%cr0, %0" : "=r"(as_found.cr0));
    __asm__ volatile("movq %%cr4, %0" : "=r"(as_found.cr4));

    const uint64_t cr0 = (as_found.cr0 | CR0_MP) & ~(CR0_EM | CR0_TS);
    const uint64_t cr4 = as_found.cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT;
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4) : "memory");
    __asm__ volatile("movq %0, %%cr0" : : "r"(cr0) : "memory");
    return as_found;
}

void sse_restore(struct control_registers as_found) {
    __asm__ volatile("movq %0, %%cr0" : : "r"(as_found.cr0) : "memory");
    __asm__ volatile("movq %0, %%cr4" : : "r"(as_found.cr4) : "memory");
}
