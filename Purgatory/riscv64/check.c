#include "checks.h"
#include "machine.h"
#include "parameters_riscv64.h"
#include "vectors.h"

// sstatus.VS, the state of the vector registers: 0 is off.
#define VS_MASK    (3ul << 9)
#define VS_INITIAL (1ul << 9)

static uint64_t vector_registers_switch_on(void) {
    uint64_t as_found;

    __asm__ volatile("csrr %0, sstatus" : "=r"(as_found));
    __asm__ volatile("csrs sstatus, %0" : : "r"(VS_INITIAL) : "memory");
    return as_found;
}

static void vector_registers_restore(uint64_t as_found) {
    __asm__ volatile("csrc sstatus, %0" : : "r"(VS_MASK) : "memory");
    __asm__ volatile("csrs sstatus, %0" : : "r"(as_found & VS_MASK) : "memory");
}

// What the device tree promises may still be forbidden here: then plain C hashes.
static enum sha256_implementation fastest_hash(void) {
    if ((purgatory_hash_instructions & PURGATORY_HASH_ZVKNHA) != 0 && try_zvknha())
        return SHA256_RISCV_ZVKNHA;
    if ((purgatory_hash_instructions & PURGATORY_HASH_ZKNH) != 0 && try_zknh())
        return SHA256_RISCV_ZKNH;
    return SHA256_PORTABLE;
}

bool machine_checks_pass(void) {
    const uint64_t vectors = vectors_switch_on();
    const uint64_t status = vector_registers_switch_on();
    const bool pass = purgatory_checks_pass(&purgatory_record, fastest_hash());

    vector_registers_restore(status);
    vectors_restore(vectors);
    return pass;
}
