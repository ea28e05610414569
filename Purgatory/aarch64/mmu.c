// Translation of the Arm ARM (DDI 0487), chapter D8: pages of 4 KiB, addresses of
// 48 bits, blocks of 2 MiB.

#include "mmu.h"

#include <stdint.h>

#include "exception_level.h"
#include "identity_map.h"
#include "parameters_aarch64.h"

// ID_AA64MMFR0_EL1
#define PARANGE_MASK    0xfull
#define PARANGE_48_BITS 5
#define TGRAN4_SHIFT    28
#define TGRAN4_NONE     0xf

#define MAIR_VALUE (0xffull << (8 * MAP_NORMAL) | 0x04ull << (8 * MAP_DEVICE))

#define TCR_T0SZ_48         16ull
#define TCR_WRITE_BACK      (1ull << 8 | 1ull << 10) // IRGN0, ORGN0
#define TCR_INNER_SHAREABLE (3ull << 12)
#define TCR_EPD1            (1ull << 23 | 16ull << 16) // nothing behind TTBR1, with a valid T1SZ
#define TCR_IPS_SHIFT       32
#define TCR_PS_SHIFT        16                        // EL2 without host registers,
#define TCR_EL2_RES1        (1ull << 31 | 1ull << 23) // and what stands there then

#define SCTLR_M   (1ull << 0)
#define SCTLR_C   (1ull << 2)
#define SCTLR_I   (1ull << 12)
#define SCTLR_WXN (1ull << 19) // writable memory cannot be executed

// mmu_switch.S
void mmu_enable(uint64_t mair, uint64_t tcr, uint64_t table, uint64_t set, uint64_t clear);
void mmu_disable(uint64_t start, uint64_t end);
void invalidate_data(uint64_t start, uint64_t end);

#pragma GCC visibility push(hidden)
// From image.ld: where purgatory begins and ends.
extern uint8_t purgatory_image_start[], purgatory_image_end[];
#pragma GCC visibility pop

static uint64_t image_start(void) {
    return (uint64_t)purgatory_image_start;
}
static uint64_t image_end(void) {
    return (uint64_t)purgatory_image_end;
}

// TCR2_EL1 and TCR2_EL2 may give the permissions in the tables another meaning
// (FEAT_S1PIE); newer kernels let them. Only CPUs with ID_AA64MMFR3_EL1.TCRX have
// these registers, and older assemblers know them by number alone.
static uint64_t tcr2_as_found;

static bool has_tcr2(void) {
    uint64_t features;

    __asm__("mrs %0, s3_0_c0_c7_3" : "=r"(features));
    return (features & 0xf) != 0;
}

static uint64_t read_tcr2(void) {
    uint64_t value;

    if (at_el2())
        __asm__ volatile("mrs %0, s3_4_c2_c0_3" : "=r"(value));
    else
        __asm__ volatile("mrs %0, s3_0_c2_c0_3" : "=r"(value));
    return value;
}

static void write_tcr2(uint64_t value) {
    if (at_el2())
        __asm__ volatile("msr s3_4_c2_c0_3, %0\n\tisb" : : "r"(value) : "memory");
    else
        __asm__ volatile("msr s3_0_c2_c0_3, %0\n\tisb" : : "r"(value) : "memory");
}

static bool map_everything(bool is_plain_el2) {
    if (!map_memory(image_start(), image_end() - image_start(), MAP_NORMAL, is_plain_el2))
        return false;
    for (int i = 0; i < PURGATORY_SEGMENT_LIMIT; i++) {
        const struct purgatory_segment *segment = &purgatory_record.segments[i];
        const uint64_t size = segment->check == PURGATORY_CHECK_DIGEST ? segment->loaded_size : segment->memory_size;

        if (segment->check != PURGATORY_CHECK_NONE && !map_memory(segment->start, size, MAP_NORMAL, is_plain_el2))
            return false;
    }
    return purgatory_uart_kind == PURGATORY_UART_NONE || map_memory(purgatory_uart, 1, MAP_DEVICE, is_plain_el2);
}

bool mmu_switch_on(void) {
    const bool is_plain_el2 = at_el2() && !has_host_registers();
    uint64_t features;

    __asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
    if ((features >> TGRAN4_SHIFT & 0xf) == TGRAN4_NONE || !map_everything(is_plain_el2))
        return false;

    uint64_t size = features & PARANGE_MASK;
    if (size > PARANGE_48_BITS)
        size = PARANGE_48_BITS;
    uint64_t tcr = TCR_T0SZ_48 | TCR_WRITE_BACK | TCR_INNER_SHAREABLE;
    tcr |= is_plain_el2 ? size << TCR_PS_SHIFT | TCR_EL2_RES1 : size << TCR_IPS_SHIFT | TCR_EPD1;

    if (has_tcr2()) {
        tcr2_as_found = read_tcr2();
        write_tcr2(0);
    }
    // The tables were written past the caches, which may hold older bytes of them.
    invalidate_data(image_start(), image_end());
    mmu_enable(MAIR_VALUE, tcr, map_root(), SCTLR_M | SCTLR_C | SCTLR_I, SCTLR_WXN);
    return true;
}

void mmu_switch_off(void) {
    mmu_disable(image_start(), image_end());
    if (has_tcr2())
        write_tcr2(tcr2_as_found);
}
