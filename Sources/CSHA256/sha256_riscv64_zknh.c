// The same functions by the scalar instructions of RISC-V (Zknh: RISC-V
// Cryptography Extensions, volume I). They use general registers, so nothing has
// to be switched on.

#include "sha256_blocks.h"

#if defined(SHA256_HAS_RISCV)

#define ONE_INSTRUCTION(name, instruction)                                                                             \
    static inline uint32_t name(uint32_t x) {                                                                          \
        uint64_t result;                                                                                               \
                                                                                                                       \
        __asm__(".option push\n\t.option arch, +zknh\n\t" instruction " %0, %1\n\t.option pop"                         \
                : "=r"(result)                                                                                         \
                : "r"((uint64_t)x));                                                                                   \
        return (uint32_t)result;                                                                                       \
    }

ONE_INSTRUCTION(big_sigma0, "sha256sum0")
ONE_INSTRUCTION(big_sigma1, "sha256sum1")
ONE_INSTRUCTION(small_sigma0, "sha256sig0")
ONE_INSTRUCTION(small_sigma1, "sha256sig1")

#define SHA256_BLOCKS sha256_blocks_riscv_zknh
#include "sha256_rounds.h"

#endif
