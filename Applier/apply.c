#include "apply.h"

#include "complaint.h"
#include "errno_text.h"
#include "facts.h"
#include "file.h"
#include "plan_file.h"
#include "print.h"
#include "system.h"

// MARK: - Is this the machine?

/// The sentence up to the difference, which ends it.
static void put_subject(struct text *text, struct bytes subject) {
    const char *rest = put_up_to_gap(text, PLAN_MADE_FOR_ANOTHER);

    put_bytes(text, subject);
    put_up_to_gap(text, rest);
}

static bool is_for_this_machine(const struct plan *plan, const char *file) {
    const struct bytes architecture = plan_text(plan, plan->header->architecture);

    if (plan->header->machine == MACHINE && bytes_equal(architecture, bytes_of(ARCHITECTURE)))
        return true;
    struct text *text = complain_of(file);
    put_subject(text, bytes_of("architecture"));
    const char *rest = put_up_to_gap(text, PLAN_OTHER_ARCHITECTURE);
    put_bytes(text, architecture);
    rest = put_up_to_gap(text, rest);
    put_decimal(text, plan->header->machine);
    rest = put_up_to_gap(text, rest);
    put_string(text, ARCHITECTURE);
    put_string(text, rest);
    return false;
}

static bool facts_hold(const struct plan *plan, const struct options *options) {
    static char difference_buffer[4096];

    for (size_t i = 0; i < plan->header->fact_count; i++) {
        const struct plan_fact *fact = &plan->facts[i];
        struct text difference = {.bytes = difference_buffer, .capacity = sizeof difference_buffer, .descriptor = -1};
        if (fact_holds(plan, fact, options->root, &difference))
            continue;

        const bool is_overridable = fact->attributes & PLAN_FACT_OVERRIDABLE,
                   is_overridden = is_overridable && options->force;
        struct text *text = complain();
        put_string(text, is_overridden ? "warning: " : "");
        put_string(text, options->file);
        put_string(text, ": ");
        put_subject(text, plan_text(plan, fact->subject));
        put_bytes(text, text_bytes(&difference));
        if (!is_overridden) {
            put_string(text, is_overridable ? PLAN_CAN_BE_FORCED : "");
            return false;
        }
        end_complaint();
    }
    return true;
}

// MARK: - Loading

// A file of sysfs that holds a digit, or -1.
static int digit_in(const char *path) {
    uint8_t digit;

    return read_file(path, &digit, 1) == 1 && digit >= '0' && digit <= '9' ? digit - '0' : -1;
}

static void put_what_is_loaded(struct text *text, bool crash) {
    int loaded = digit_in(crash ? "/sys/kernel/kexec/crash_loaded" : "/sys/kernel/kexec/loaded");

    if (loaded < 0)
        loaded = digit_in(crash ? "/sys/kernel/kexec_crash_loaded" : "/sys/kernel/kexec_loaded");
    if (loaded < 0)
        return;
    put_string(text, loaded ? " (the " : " (no ");
    put_string(text, crash ? "crash image" : "image");
    put_string(text, loaded ? " loaded before is still in place)" : " is loaded)");
}

static int load_failed(const struct plan *plan, const char *file, uint64_t flags, long error) {
    struct text *text = complain_of(file);

    put_string(text, "kexec_load(entry ");
    put_address(text, plan->header->entry);
    put_string(text, ", ");
    put_decimal(text, plan->header->segment_count);
    put_string(text, " segments, flags ");
    put_address(text, flags);
    put_string(text, "): ");
    put_errno(text, -error);
    put_string(text, ": ");
    put_kexec_advice(text, -error);
    put_what_is_loaded(text, plan->header->purpose == PLAN_CRASH);
    return end_complaint();
}

// The kernel's own word that it will keep the image up to date.
static int confirm_hotplug(const char *file) {
    static const char *const names[] = {"/sys/devices/system/cpu/crash_hotplug",
                                        "/sys/devices/system/memory/crash_hotplug"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (digit_in(names[i]) == 0) {
            struct text *text = complain_of(file);
            put_string(text, names[i]);
            put_string(text, " reads 0 after the load: the kernel took the image but will not update it");
            return end_complaint();
        }
    return 0;
}

static int load(const struct plan *plan, const char *file) {
    static struct kexec_segment segments[PLAN_SEGMENT_LIMIT];
    const struct plan_header *header = plan->header;

    for (size_t i = 0; i < header->segment_count; i++)
        segments[i] = (struct kexec_segment){
            .buffer = plan->file.start + plan->segments[i].file_offset,
            .buffer_size = plan->segments[i].loaded_size,
            .memory = plan->segments[i].memory_start,
            .memory_size = plan->segments[i].memory_size,
        };

    uint64_t flags = header->flags;
    long error = system_kexec_load(header->entry, header->segment_count, segments, flags);
    // An unknown flag is refused before anything is touched, so asking again
    // is harmless.
    if (error == -EINVAL && header->older_flags != 0) {
        flags = header->older_flags;
        error = system_kexec_load(header->entry, header->segment_count, segments, flags);
    }
    if (error != 0)
        return load_failed(plan, file, flags, error);
    return header->options & PLAN_HOTPLUG ? confirm_hotplug(file) : 0;
}

int unload(bool crash) {
    const uint64_t flags = (uint64_t)MACHINE << 16 | crash;
    const long error = system_kexec_load(0, 0, NULL, flags);

    if (error == 0)
        return 0;
    struct text *text = complain();
    put_string(text, "kexec_load(unload, flags ");
    put_address(text, flags);
    put_string(text, "): ");
    put_errno(text, -error);
    return end_complaint();
}

int apply(const struct options *options) {
    static char output_buffer[4096];
    struct text out = {.bytes = output_buffer, .capacity = sizeof output_buffer, .descriptor = 1};
    struct plan plan;

    if (!plan_read(&plan, options->file, complain_of(options->file)))
        return end_complaint();
    if (options->prints) {
        print_plan(&out, &plan, options->root);
        if (!text_flush(&out))
            return 1;
    }
    if (!is_for_this_machine(&plan, options->file) || !facts_hold(&plan, options))
        return end_complaint();
    return options->prints ? 0 : load(&plan, options->file);
}
