// SHA-256 (FIPS 180-4) in freestanding C: no library call, no allocation, no
// pointer table, so that the same files serve the loader, its unit tests and
// purgatory, which runs between two kernels where nothing can be relocated.

#ifndef CSHA256_H
#define CSHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK_SIZE  64
#define SHA256_DIGEST_SIZE 32

/// The code that compresses blocks. All of them compute the same function.
enum sha256_implementation {
    /// Plain C, for every machine.
    SHA256_PORTABLE,
    /// The SHA extensions of x86_64. The caller has made sure that the CPU has
    /// them and that SSE is switched on; see sha256_best_implementation().
    SHA256_X86_SHA,
    /// The vector instructions of little-endian POWER8 and newer. The caller has
    /// made sure that the CPU has them and that VMX and VSX are switched on.
    SHA256_PPC_SHA,
    /// The SHA-2 instructions of Armv8. The caller has made sure that the CPU has
    /// them and that SIMD is switched on.
    SHA256_ARM_SHA,
    /// The scalar instructions of RISC-V, Zknh. The caller has made sure that the
    /// CPU has them.
    SHA256_RISCV_ZKNH,
    /// The vector instructions of RISC-V, Zvknha. The caller has made sure that the
    /// CPU has them and that vector registers are switched on.
    SHA256_RISCV_ZVKNHA,
};

struct sha256_context {
    uint32_t state[8];
    /// Bytes given to sha256_update() so far.
    uint64_t length;
    /// The bytes of the last, still incomplete block: length % 64 of them.
    uint8_t block[SHA256_BLOCK_SIZE];
    enum sha256_implementation implementation;
};

/// The fastest implementation this CPU can run, asked of CPUID each time.
///
/// It does not ask whether the operating system has switched SSE on: every
/// 64-bit one has, and purgatory does it itself.
enum sha256_implementation sha256_best_implementation(void);

void sha256_init(struct sha256_context *context, enum sha256_implementation implementation);

/// Whole blocks are compressed where they lie, only the ends are copied.
void sha256_update(struct sha256_context *context, const void *bytes, size_t count);

/// Gives the digest of everything so far. The context can then only be
/// initialised again.
void sha256_final(struct sha256_context *context, uint8_t digest[SHA256_DIGEST_SIZE]);

#endif
