// Called by entry.S when the new kernel may be started: what has to be written
// at the last moment, and after the digest was checked, since some of it lies in
// segments that the digest covers.

#include "parameters_ppc64le.h"
#include "timebase.h"

// What the capture kernel's exception vectors and its first pages overwrite.
#define LOW_MEMORY_SIZE 0x10000

// struct fdt_header (Devicetree Specification, section 5.2), big-endian.
#define FDT_BOOT_CPUID_PHYS 28

// __run_at_load in the kernel's first page (Linux, arch/powerpc/kernel/head_64.S).
#define KERNEL_RUN_AT_LOAD 0x5c

// The other CPUs were let go moments ago, and the copy that they wait in is
// about to be overwritten by the new kernel, with the same bytes.
#define OTHER_CPUS_MICROSECONDS 2000

// An address that the compiler knows nothing about: to it there is no object at
// address 0.
static volatile void *memory_at(uint64_t address) {
    __asm__("" : "+r"(address));
    return (volatile void *)address;
}

static void save_low_memory(void) {
    const volatile uint64_t *from = memory_at(0);
    volatile uint64_t *to = memory_at(purgatory_backup);

    for (unsigned i = 0; i < LOW_MEMORY_SIZE / sizeof *from; i++)
        to[i] = from[i];
}

static void tell_boot_cpu(uint64_t hardware_id) {
    volatile uint32_t *boot_cpuid_phys = memory_at(purgatory_fdt + FDT_BOOT_CPUID_PHYS);

    *boot_cpuid_phys = __builtin_bswap32((uint32_t)hardware_id);
}

static void keep_kernel_in_place(void) {
    volatile uint32_t *run_at_load = memory_at(purgatory_kernel + KERNEL_RUN_AT_LOAD);

    *run_at_load = 1;
}

__attribute__((visibility("hidden"))) void purgatory_hand_over(uint64_t hardware_id) {
    wait_microseconds(OTHER_CPUS_MICROSECONDS);
    if (purgatory_backup != 0)
        save_low_memory();
    if (purgatory_run_at_load != 0)
        keep_kernel_in_place();
    tell_boot_cpu(hardware_id);
    __asm__ volatile("sync" : : : "memory");
}
