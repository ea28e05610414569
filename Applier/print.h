// A plan for people, as `swkexec --apply=FILE --dry-run` prints it.

#ifndef APPLIER_PRINT_H
#define APPLIER_PRINT_H

#include "plan_file.h"

/// `root` as fact_holds() takes it.
void print_plan(struct text *out, const struct plan *plan, const char *root);

#endif
