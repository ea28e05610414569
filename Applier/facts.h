// What a plan takes for granted of the machine.

#ifndef APPLIER_FACTS_H
#define APPLIER_FACTS_H

#include "plan_file.h"

/// The rule that the fact itself breaks, or a null pointer.
const char *fact_fault(const struct plan *plan, const struct plan_fact *fact);

/// Whether the machine whose /proc and /sys are below `root` is as the fact
/// says. If not, `difference` says how it is instead. `root` has no slash at
/// its end, so it is empty for the running machine.
bool fact_holds(const struct plan *plan, const struct plan_fact *fact, const char *root, struct text *difference);

/// The longest root.
#define ROOT_LIMIT 3072

/// The fact's file below the root, cpu[0-3] for those of several CPUs.
void put_fact_file(struct text *text, const struct plan *plan, const struct plan_fact *fact, const char *root);

/// What the fact expects, for people.
void put_expectation(struct text *text, const struct plan *plan, const struct plan_fact *fact);

#endif
