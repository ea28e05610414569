#include "shape.h"

#include <stddef.h>

#include "elf_core.h"
#include "physical_memory.h"

// The flattened device tree (Devicetree Specification, chapter 5) begins with
// ten big-endian words, of which these are the first two.
#define FDT_MAGIC       0xd00dfeed
#define FDT_HEADER_SIZE 40

static uint32_t load_big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

static const char *fdt_fault(const uint8_t *fdt, uint64_t memory_size) {
    if (memory_size < FDT_HEADER_SIZE)
        return "no room for an FDT header";
    if (load_big_endian(fdt) != FDT_MAGIC)
        return "no FDT magic";

    const uint32_t totalsize = load_big_endian(fdt + 4);
    if (totalsize < FDT_HEADER_SIZE)
        return "totalsize is less than the FDT header";
    if (totalsize > memory_size)
        return "totalsize is more than the segment";
    return NULL;
}

const char *purgatory_shape_fault(const struct purgatory_segment *segment, uint32_t machine) {
    switch (segment->check) {
    case PURGATORY_CHECK_NONE:
    case PURGATORY_CHECK_DIGEST:
        return NULL;
    case PURGATORY_CHECK_ELFCOREHDR:
        return elf_core_fault(physical_memory(segment->start), segment->memory_size, machine);
    case PURGATORY_CHECK_FDT:
        return fdt_fault(physical_memory(segment->start), segment->memory_size);
    default:
        // Not skipped: a check that was asked for and cannot be made has failed.
        return "purgatory does not know this kind of check";
    }
}

// Rows of characters and not pointers to them, which would need relocations.
static const char role_names[][sizeof "bootParameters"] = {
    "segment",  "kernel",    "initrd",    "fdt",    "elfcorehdr", "bootParameters",
    "realMode", "setupData", "purgatory", "module", "backup",
};

const char *purgatory_role_name(const struct purgatory_segment *segment) {
    const uint32_t role = segment->role;

    return role_names[role < sizeof role_names / sizeof *role_names ? role : 0];
}
