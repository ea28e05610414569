// Which facts can be checked at all, in the order of Sources/HostState/PreconditionFault.swift.

#include "CSHA256.h"
#include "facts.h"
#include "numbers.h"

static bool is_printable(struct bytes text, uint8_t lowest, size_t limit) {
    if (text.size < 1 || text.size > limit)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.start[i] < lowest || text.start[i] > 0x7e)
            return false;
    return true;
}

// In proc/ or sys/: looking at other files may do more than look.
static bool is_good_path(struct bytes path) {
    if (!is_printable(path, 0x21, PLAN_PATH_LIMIT) ||
        (!bytes_begin_with(path, bytes_of("proc/")) && !bytes_begin_with(path, bytes_of("sys/"))))
        return false;
    for (size_t start = 0, end; start <= path.size; start = end + 1) {
        for (end = start; end < path.size && path.start[end] != '/'; end++)
            ;
        const struct bytes part = {path.start + start, end - start};
        if (part.size == 0 || bytes_equal(part, bytes_of(".")) || bytes_equal(part, bytes_of("..")))
            return false;
    }
    return true;
}

// Below other names there are files that are not for reading.
static bool is_tree(struct bytes path) {
    return bytes_equal(path, bytes_of("proc/device-tree")) || bytes_begin_with(path, bytes_of("proc/device-tree/")) ||
           bytes_equal(path, bytes_of("sys/firmware/fdt"));
}

static bool has_selector(uint16_t rule) {
    return rule == PLAN_FACT_LINES || rule == PLAN_FACT_DIGEST || rule == PLAN_FACT_TREE;
}

static bool are_good_numbers(const struct plan_fact *fact, struct bytes path, struct bytes numbers) {
    size_t stars = 0;

    for (size_t i = 0; i < path.size; i++)
        stars += path.start[i] == '*';
    if (stars == 0)
        return numbers.size == 0;
    return stars == 1 && fact->rule == PLAN_FACT_DIGEST && numbers.size <= PLAN_NUMBERS_LIMIT &&
           numbers_are_good(numbers);
}

const char *fact_fault(const struct plan *plan, const struct plan_fact *fact) {
    const struct bytes path = plan_text(plan, fact->path), selector = plan_text(plan, fact->selector);

    if (!is_printable(plan_text(plan, fact->subject), 0x20, PLAN_SUBJECT_LIMIT))
        return PLAN_FAULT_SUBJECT;
    if (!is_good_path(path))
        return PLAN_FAULT_PATH;
    if (fact->rule == PLAN_FACT_TREE && !is_tree(path))
        return PLAN_FAULT_TREE;
    if (!are_good_numbers(fact, path, plan_text(plan, fact->numbers)))
        return PLAN_FAULT_NUMBERS;
    if (selector.size != 0 && (!has_selector(fact->rule) || !is_printable(selector, 0x20, PLAN_SELECTOR_LIMIT)))
        return PLAN_FAULT_SELECTOR;
    if (fact->rule == PLAN_FACT_DIGEST || fact->rule == PLAN_FACT_TREE)
        return fact->expected.size == SHA256_DIGEST_SIZE ? NULL : PLAN_FAULT_EXPECTED_DIGEST;
    return fact->expected.size >= 1 && fact->expected.size <= PLAN_EXPECTED_LIMIT ? NULL : PLAN_FAULT_EXPECTED;
}
