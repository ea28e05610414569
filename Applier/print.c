#include "print.h"

#include "facts.h"

// MARK: - Cells

// One cell of a table: its text is put together here, then put with blanks.
static char cell_buffer[8192];

static struct text cell(void) {
    return (struct text){.bytes = cell_buffer, .capacity = sizeof cell_buffer, .descriptor = -1};
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static void put_left(struct text *out, struct text cell, size_t width) {
    put_bytes(out, text_bytes(&cell));
    put_blanks(out, larger(width, cell.used) - cell.used + 2);
}

static void put_right(struct text *out, struct text cell, size_t width) {
    put_blanks(out, larger(width, cell.used) - cell.used);
    put_bytes(out, text_bytes(&cell));
    put_string(out, "  ");
}

// MARK: - Segments

#define SEGMENT_COLUMNS 5

static struct text segment_cell(const struct plan *plan, const struct plan_segment *segment, int column) {
    struct text text = cell();

    switch (column) {
    case 0:
        put_bytes(&text, plan_text(plan, segment->role));
        break;
    case 1:
        put_address(&text, segment->memory_start);
        break;
    case 2:
        put_address(&text, segment->memory_start + segment->memory_size - 1);
        break;
    case 3:
        put_decimal(&text, segment->memory_size);
        break;
    case 4:
        put_decimal(&text, segment->loaded_size);
        break;
    }
    return text;
}

static const char *digest_cell(const struct plan *plan, const struct plan_segment *segment) {
    switch (segment->digest_rule) {
    case PLAN_DIGEST_HOTPLUG:
        return "excluded: the kernel rewrites it on hotplug";
    case PLAN_DIGEST_PURGATORY:
        return "excluded: it holds the digest";
    default:
        return plan->header->options & PLAN_CHECKS_DIGEST ? "included" : "not checked";
    }
}

static void print_segments(struct text *out, const struct plan *plan) {
    static const char *const titles[SEGMENT_COLUMNS] = {"SEGMENT", "START", "END", "MEMORY", "LOADED"};
    size_t widths[SEGMENT_COLUMNS];

    for (int column = 0; column < SEGMENT_COLUMNS; column++) {
        struct text title = cell();
        put_string(&title, titles[column]);
        widths[column] = title.used;
        for (size_t i = 0; i < plan->header->segment_count; i++)
            widths[column] = larger(widths[column], segment_cell(plan, &plan->segments[i], column).used);
    }

    for (int column = 0; column < SEGMENT_COLUMNS; column++) {
        struct text title = cell();
        put_string(&title, titles[column]);
        (column == 0 ? put_left : put_right)(out, title, widths[column]);
    }
    put_string(out, "DIGEST\n");
    for (size_t i = 0; i < plan->header->segment_count; i++) {
        const struct plan_segment *segment = &plan->segments[i];
        for (int column = 0; column < SEGMENT_COLUMNS; column++)
            (column == 0 ? put_left : put_right)(out, segment_cell(plan, segment, column), widths[column]);
        put_string(out, digest_cell(plan, segment));
        put_string(out, "\n");
    }
}

// MARK: - What concerns all of them

static void print_header(struct text *out, const struct plan *plan) {
    const struct plan_header *header = plan->header;

    put_string(out, "\nentry         ");
    put_address(out, header->entry);
    put_string(out, "\nflags         ");
    put_address(out, header->flags);
    put_string(out, header->flags & 0x1 ? " KEXEC_ON_CRASH" : "");
    put_string(out, header->flags & 0x4 ? " KEXEC_UPDATE_ELFCOREHDR" : "");
    put_string(out, header->flags & 0x8 ? " KEXEC_CRASH_HOTPLUG_UPDATE" : "");
    put_string(out, "\ncommand line  ");
    put_printable(out, plan_text(plan, header->command_line));
    if (header->options & PLAN_CHECKS_DIGEST) {
        put_string(out, "\ndigest        sha256 ");
        put_hexadecimal(out, (struct bytes){header->digest, sizeof header->digest});
        put_string(out, " over ");
        put_decimal(out, header->covered_bytes);
        put_string(out, " bytes");
    } else {
        put_string(out, "\ndigest        none, purgatory does not check (-i)");
    }
    put_string(out, "\narchitecture  ");
    put_bytes(out, plan_text(plan, header->architecture));
    put_string(out, header->purpose == PLAN_CRASH ? "\npurpose       crash\n" : "\npurpose       reboot\n");
}

// MARK: - Facts

// Of the running machine, whichever is looked at: the folder is the same for all.
static struct text file_cell(const struct plan *plan, const struct plan_fact *fact) {
    struct text text = cell();

    put_fact_file(&text, plan, fact, "");
    return text;
}

static struct text subject_cell(const struct plan *plan, const struct plan_fact *fact) {
    struct text text = cell();

    put_bytes(&text, plan_text(plan, fact->subject));
    return text;
}

static void print_facts(struct text *out, const struct plan *plan, const char *root) {
    size_t subject_width = 4, file_width = 4; // of "FACT" and "FILE"

    for (size_t i = 0; i < plan->header->fact_count; i++) {
        subject_width = larger(subject_width, subject_cell(plan, &plan->facts[i]).used);
        file_width = larger(file_width, file_cell(plan, &plan->facts[i]).used);
    }
    put_string(out, "\nFACT");
    put_blanks(out, subject_width - 4 + 2);
    put_string(out, "HERE     FILE");
    put_blanks(out, file_width - 4 + 2);
    put_string(out, "EXPECTED\n");
    for (size_t i = 0; i < plan->header->fact_count; i++) {
        const struct plan_fact *fact = &plan->facts[i];
        struct text ignored = {.descriptor = -1};
        put_left(out, subject_cell(plan, fact), subject_width);
        put_string(out, fact_holds(plan, fact, root, &ignored) ? "holds    " : "differs  ");
        put_left(out, file_cell(plan, fact), file_width);
        put_expectation(out, plan, fact);
        put_string(out, "\n");
    }
}

void print_plan(struct text *out, const struct plan *plan, const char *root) {
    print_segments(out, plan);
    print_header(out, plan);
    print_facts(out, plan, root);
}
