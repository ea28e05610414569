// What a whole and undamaged file says: each rule of the format, in the order
// of Sources/PlanFile.

#include "facts.h"
#include "plan_file.h"

#define PAGE_SIZE 4096

static bool malformed(struct text *fault, const char *rule) {
    put_string(fault, PLAN_MALFORMED);
    put_string(fault, rule);
    return false;
}

static bool malformed_entry(struct text *fault, const char *entry, size_t index, const char *rule) {
    put_string(fault, PLAN_MALFORMED);
    entry = put_up_to_gap(fault, entry);
    put_decimal(fault, index);
    put_string(fault, entry);
    put_string(fault, rule);
    return false;
}

static bool has_text(const struct plan *plan, struct plan_text text) {
    return (uint64_t)text.offset + text.size <= plan->texts.size;
}

struct bytes plan_text(const struct plan *plan, struct plan_text text) {
    return (struct bytes){plan->texts.start + text.offset, text.size};
}

/// 1 to 32 letters, digits and underscores.
static bool is_name(const struct plan *plan, struct plan_text text) {
    if (!has_text(plan, text) || text.size < 1 || text.size > PLAN_NAME_LIMIT)
        return false;
    const struct bytes name = plan_text(plan, text);
    for (size_t i = 0; i < name.size; i++) {
        const uint8_t byte = name.start[i];
        const bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!is_letter && !(byte >= '0' && byte <= '9') && byte != '_')
            return false;
    }
    return true;
}

static bool find_parts(struct plan *plan, struct text *fault) {
    const struct plan_header *header = plan->header;

    if (header->segment_count < 1 || header->segment_count > PLAN_SEGMENT_LIMIT)
        return malformed(fault, PLAN_FAULT_SEGMENT_COUNT);
    if (header->region_count < 1 || header->region_count > PLAN_SEGMENT_LIMIT)
        return malformed(fault, PLAN_FAULT_REGION_COUNT);
    if (header->fact_count < 1 || header->fact_count > PLAN_FACT_LIMIT)
        return malformed(fault, PLAN_FAULT_FACT_COUNT);

    plan->segments = (const struct plan_segment *)(header + 1);
    plan->regions = (const struct plan_region *)(plan->segments + header->segment_count);
    plan->facts = (const struct plan_fact *)(plan->regions + header->region_count);
    plan->texts = (struct bytes){(const uint8_t *)(plan->facts + header->fact_count), header->text_size};
    const uint64_t size = (uint64_t)(plan->texts.start - plan->file.start) + header->text_size;
    if (size > PLAN_HEAD_LIMIT || size > plan->file.size)
        return malformed(fault, PLAN_FAULT_TEXT_SIZE);
    if (header->head_size != size)
        return malformed(fault, PLAN_FAULT_HEAD_SIZE);
    return true;
}

// Those of the plan's kind, with a bit that promises updates on hotplug, or
// both, just where they are wanted.
static bool good_flags(uint64_t flags, uint64_t base, bool hotplug) {
    const uint64_t promises = 0x4 | 0x8; // KEXEC_UPDATE_ELFCOREHDR, KEXEC_CRASH_HOTPLUG_UPDATE

    return (flags & ~promises) == base && ((flags & promises) != 0) == hotplug;
}

static bool is_zero(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static bool check_header(const struct plan *plan, struct text *fault) {
    const struct plan_header *header = plan->header;
    const bool crash = header->purpose == PLAN_CRASH, hotplug = header->options & PLAN_HOTPLUG;
    const uint64_t base = (uint64_t)header->machine << 16 | crash;

    if (!crash && header->purpose != PLAN_REBOOT)
        return malformed(fault, PLAN_FAULT_PURPOSE);
    if (header->options & ~(PLAN_HOTPLUG | PLAN_CHECKS_DIGEST))
        return malformed(fault, PLAN_FAULT_OPTIONS);
    if (hotplug && !crash)
        return malformed(fault, PLAN_FAULT_HOTPLUG);
    if (!good_flags(header->flags, base, hotplug))
        return malformed(fault, PLAN_FAULT_FLAGS);
    if (header->older_flags != 0 && !(hotplug && good_flags(header->older_flags, base, true)))
        return malformed(fault, PLAN_FAULT_OLDER_FLAGS);
    if (!is_name(plan, header->architecture))
        return malformed(fault, PLAN_FAULT_ARCHITECTURE);
    if (!has_text(plan, header->command_line) ||
        bytes_hold(plan_text(plan, header->command_line), (struct bytes){(const uint8_t *)"", 1}))
        return malformed(fault, PLAN_FAULT_COMMAND_LINE);
    if (!(header->options & PLAN_CHECKS_DIGEST) &&
        (!is_zero(header->digest, sizeof header->digest) || header->covered_bytes != 0))
        return malformed(fault, PLAN_FAULT_DIGEST_NOT_0);
    return true;
}

static bool check_regions(const struct plan *plan, struct text *fault) {
    uint64_t end = 0;

    for (size_t i = 0; i < plan->header->region_count; i++) {
        const struct plan_region *region = &plan->regions[i];
        if (region->size == 0 || region->start > UINT64_MAX - region->size || region->start < end)
            return malformed_entry(fault, PLAN_IN_REGION, i, PLAN_FAULT_REGION);
        end = region->start + region->size;
    }
    return true;
}

static bool lies_in_a_region(const struct plan *plan, const struct plan_segment *segment) {
    for (size_t i = 0; i < plan->header->region_count; i++) {
        const struct plan_region *region = &plan->regions[i];
        if (region->start <= segment->memory_start &&
            segment->memory_start + segment->memory_size <= region->start + region->size)
            return true;
    }
    return false;
}

static bool check_segments(const struct plan *plan, struct text *fault) {
    const struct plan_header *header = plan->header;
    uint64_t end = 0, offset = header->head_size, covered = 0;
    bool has_entry = false, has_hotplug = false;

    for (size_t i = 0; i < header->segment_count; i++) {
        const struct plan_segment *segment = &plan->segments[i];
        const uint64_t start = segment->memory_start, size = segment->memory_size;
        if (!is_name(plan, segment->role))
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_ROLE);
        if (segment->digest_rule > PLAN_DIGEST_PURGATORY)
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_DIGEST_RULE);
        if (segment->reserved != 0)
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_RESERVED);
        if (start % PAGE_SIZE != 0 || size % PAGE_SIZE != 0 || size == 0 || start > UINT64_MAX - size || start < end)
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_MEMORY);
        if (!lies_in_a_region(plan, segment))
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_NO_REGION);
        if (segment->loaded_size > size)
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_LOADED_SIZE);
        if (segment->file_offset != offset)
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_FILE_OFFSET);
        if (segment->loaded_size > header->file_size - offset)
            return malformed_entry(fault, PLAN_IN_SEGMENT, i, PLAN_FAULT_FILE_END);
        end = start + size;
        offset += segment->loaded_size;
        has_entry |= start <= header->entry && header->entry < end;
        has_hotplug |= segment->digest_rule == PLAN_DIGEST_HOTPLUG;
        if (segment->digest_rule == PLAN_DIGEST_INCLUDED)
            covered += segment->loaded_size;
    }
    if (offset != header->file_size)
        return malformed(fault, PLAN_FAULT_TRAILING_BYTES);
    if (!has_entry)
        return malformed(fault, PLAN_FAULT_ENTRY);
    if (has_hotplug != (bool)(header->options & PLAN_HOTPLUG))
        return malformed(fault, PLAN_FAULT_HOTPLUG_SEGMENTS);
    if (header->options & PLAN_CHECKS_DIGEST && header->covered_bytes != covered)
        return malformed(fault, PLAN_FAULT_COVERED_BYTES);
    return true;
}

static bool check_facts(const struct plan *plan, struct text *fault) {
    for (size_t i = 0; i < plan->header->fact_count; i++) {
        const struct plan_fact *fact = &plan->facts[i];
        if (fact->rule < PLAN_FACT_EQUALS || fact->rule > PLAN_FACT_TREE)
            return malformed_entry(fault, PLAN_IN_FACT, i, PLAN_FAULT_RULE);
        if (fact->attributes & ~PLAN_FACT_OVERRIDABLE)
            return malformed_entry(fault, PLAN_IN_FACT, i, PLAN_FAULT_ATTRIBUTES);
        if (fact->reserved != 0)
            return malformed_entry(fault, PLAN_IN_FACT, i, PLAN_FAULT_RESERVED);
        if (!has_text(plan, fact->subject) || !has_text(plan, fact->path) || !has_text(plan, fact->numbers) ||
            !has_text(plan, fact->selector) || !has_text(plan, fact->expected))
            return malformed_entry(fault, PLAN_IN_FACT, i, PLAN_FAULT_TEXT);
        const char *rule = fact_fault(plan, fact);
        if (rule != NULL)
            return malformed_entry(fault, PLAN_IN_FACT, i, rule);
    }
    return true;
}

bool plan_check(struct plan *plan, struct text *fault) {
    return find_parts(plan, fault) && check_header(plan, fault) && check_regions(plan, fault) &&
           check_segments(plan, fault) && check_facts(plan, fault);
}
