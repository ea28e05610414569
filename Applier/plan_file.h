// The plan file. Sources/PlanFile is its other reader, and its writer.

#ifndef APPLIER_PLAN_FILE_H
#define APPLIER_PLAN_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "memory.h"
#include "plan_format.h"
#include "text.h"

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
