#include "checks.h"
#include "exception_level.h"
#include "machine.h"
#include "mmu.h"
#include "parameters_aarch64.h"
#include "vectors.h"

// ID_AA64ISAR0_EL1.SHA2, bits 15:12: 1 or more with SHA256H and its like.
static bool has_sha256(void) {
    uint64_t features;

    __asm__("mrs %0, id_aa64isar0_el1" : "=r"(features));
    return (features >> 12 & 0xf) != 0;
}

bool machine_checks_pass(void) {
    const uint64_t vectors = vectors_switch_on();
    const bool has_simd_hash = has_sha256();
    uint64_t traps = 0;

    streaming_switch_off();
    if (has_simd_hash)
        traps = simd_switch_on();
    // What this level cannot see may still forbid them: then plain C hashes.
    const bool uses_simd = has_simd_hash && try_sha256();
    const bool is_mapped = purgatory_caches != 0 && mmu_switch_on();
    const bool pass = purgatory_checks_pass(&purgatory_record, uses_simd ? SHA256_ARM_SHA : SHA256_PORTABLE);
    if (is_mapped)
        mmu_switch_off();
    if (has_simd_hash)
        simd_restore(traps);
    vectors_restore(vectors);
    return pass;
}
