// Switching MMU and caches on and off. No memory is touched between the two
// states, so that no byte is lost between cache and memory.

    .section .text, "ax", @progbits

    // Calls the macro with _el1 or _el2, by where we are.
    .macro at_each_level name
    mrs x9, currentel
    cmp x9, #(2 << 2)
    b.eq 2f
    \name el1
    b 3f
2:  \name el2
3:
    .endm

    // Cache maintenance by address, line by line, from x0 to x1.
    .macro each_line operation
    mrs x9, ctr_el0
    ubfx x9, x9, #16, #4            // DminLine, in words
    mov x10, #4
    lsl x10, x10, x9
    sub x11, x10, #1
    bic x12, x0, x11
1:  dc \operation, x12
    add x12, x12, x10
    cmp x12, x1
    b.lo 1b
    dsb sy
    .endm

// void invalidate_data(uint64_t start, uint64_t end)
    .globl invalidate_data
    .hidden invalidate_data
    .type invalidate_data, @function
invalidate_data:
    dsb sy
    each_line ivac
    ret
    .size invalidate_data, . - invalidate_data

// void mmu_enable(uint64_t mair, uint64_t tcr, uint64_t table, uint64_t set, uint64_t clear)
    .macro tlbi_all_el1
    tlbi vmalle1
    .endm
    .macro tlbi_all_el2
    tlbi alle2
    .endm

    .macro enable level
    msr mair_\level, x0
    msr tcr_\level, x1
    msr ttbr0_\level, x2
    isb
    tlbi_all_\level
    dsb sy
    ic iallu
    dsb sy
    isb
    mrs x9, sctlr_\level
    orr x9, x9, x3
    bic x9, x9, x4
    msr sctlr_\level, x9
    isb
    .endm

    .globl mmu_enable
    .hidden mmu_enable
    .type mmu_enable, @function
mmu_enable:
    at_each_level enable
    ret
    .size mmu_enable, . - mmu_enable

// void mmu_disable(uint64_t start, uint64_t end): leaves all three bits off, as
// the old kernel left them, and nothing of purgatory in the caches.
    .macro disable level
    mrs x9, sctlr_\level
    mov x10, #(1 << 0 | 1 << 2)     // M, C
    orr x10, x10, #(1 << 12)        // I
    bic x9, x9, x10
    msr sctlr_\level, x9
    isb
    tlbi_all_\level
    dsb sy
    isb
    .endm

    .globl mmu_disable
    .hidden mmu_disable
    .type mmu_disable, @function
mmu_disable:
    dsb sy
    at_each_level disable
    each_line civac
    ic iallu
    dsb sy
    isb
    ret
    .size mmu_disable, . - mmu_disable

    .section .note.GNU-stack, "", @progbits
