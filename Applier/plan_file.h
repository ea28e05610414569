// The plan file (swkexec-plan(5); Sources/PlanFile is its other reader, and its
// writer). Its integers are little-endian, as this machine's are.

#ifndef APPLIER_PLAN_FILE_H
#define APPLIER_PLAN_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "memory.h"
#include "text.h"

#define PLAN_HEADER_SIZE   160
#define PLAN_SIZE_LIMIT    (8ull << 30)
#define PLAN_SEGMENT_LIMIT 16
#define PLAN_FACT_LIMIT    64

/// A text: where it stands in the texts, and its size.
struct plan_text {
    uint32_t offset, size;
};

#define PLAN_VERSION       1
#define PLAN_CRASH         1
#define PLAN_REBOOT        2
#define PLAN_HOTPLUG       1u
#define PLAN_CHECKS_DIGEST 2u

struct plan_header {
    uint8_t magic[8];
    uint32_t version, head_size;
    uint64_t file_size;
    uint8_t sha256[32];
    // What follows is covered by the SHA-256.
    uint16_t machine, purpose;
    uint32_t options;
    uint64_t entry, flags, older_flags;
    uint8_t digest[32];
    uint64_t covered_bytes;
    uint32_t segment_count, region_count, fact_count, text_size;
    struct plan_text architecture, command_line;
};

#define PLAN_DIGEST_INCLUDED  0
#define PLAN_DIGEST_HOTPLUG   1
#define PLAN_DIGEST_PURGATORY 2

struct plan_segment {
    struct plan_text role;
    uint32_t digest_rule, reserved;
    uint64_t memory_start, memory_size, file_offset, loaded_size;
};

struct plan_region {
    uint64_t start, size;
};

#define FACT_EQUALS      1
#define FACT_BEGINS      2
#define FACT_CONTAINS    3
#define FACT_LINES       4
#define FACT_DIGEST      5
#define FACT_OVERRIDABLE 1

struct plan_fact {
    uint16_t rule, attributes;
    uint32_t reserved;
    struct plan_text subject, path, numbers, selector, expected;
};

/// A whole file in memory, and its parts.
struct plan {
    struct bytes file;
    const struct plan_header *header;
    const struct plan_segment *segments;
    const struct plan_region *regions;
    const struct plan_fact *facts;
    struct bytes texts;
};

/// Reads the file once and checks it, all but what it says of the machine. On
/// false, says in `fault` what is wrong with it.
bool plan_read(struct plan *plan, const char *path, struct text *fault);

/// Finds the parts of a whole file and checks what they say.
bool plan_check(struct plan *plan, struct text *fault);

/// A text of a plan that has been checked.
struct bytes plan_text(const struct plan *plan, struct plan_text text);

#endif
