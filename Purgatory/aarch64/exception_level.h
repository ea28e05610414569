// The registers that have another name at each exception level.

#ifndef PURGATORY_EXCEPTION_LEVEL_H
#define PURGATORY_EXCEPTION_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

/// Whether purgatory runs at EL2; it is EL1 otherwise.
static inline bool at_el2(void) {
    uint64_t level;

    __asm__("mrs %0, currentel" : "=r"(level));
    return level >> 2 == 2;
}

/// Whether EL2 has the registers of a host kernel (HCR_EL2.E2H), which are laid
/// out as those of EL1.
static inline bool has_host_registers(void) {
    uint64_t hcr;

    __asm__("mrs %0, hcr_el2" : "=r"(hcr));
    return (hcr >> 34 & 1) != 0;
}

/// Lets SIMD instructions through; returns the register that held them back, as
/// it was found.
uint64_t simd_switch_on(void);

void simd_restore(uint64_t as_found);

/// Leaves the streaming mode of SME, in which a program may have been when its CPU
/// panicked: no instruction of SHA-2, and hardly one of SIMD, is allowed there. The
/// new kernel does not expect it either.
void streaming_switch_off(void);

#endif
