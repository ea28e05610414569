// Lists of numbers as the kernel prints CPU masks: "0-3,8" (cpulist_parse).

#ifndef APPLIER_NUMBERS_H
#define APPLIER_NUMBERS_H

#include "memory.h"

/// Far above the 8192 CPUs that any kernel can have.
#define HIGHEST_NUMBER 65535

/// Whether the text is such a list, ascending, up to HIGHEST_NUMBER.
bool numbers_are_good(struct bytes text);

/// A good list that is being walked.
struct number_list {
    struct bytes rest;
    uint64_t next, last;
    bool is_in_range;
};

/// The next number; false at the end.
bool next_number(struct number_list *list, uint64_t *number);

#endif
