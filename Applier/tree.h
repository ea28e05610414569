// The SHA-256 over a file, or over all files of a folder, as the rule PLAN_FACT_TREE has it (swkexec-plan(5)).

#ifndef APPLIER_TREE_H
#define APPLIER_TREE_H

#include "memory.h"

/// Of a folder, what begins with the selector. `buffer` has room for `limit`
/// bytes of a file and one more. 0 or a negative errno.
long hash_tree(uint8_t *digest, const char *path, struct bytes selector, uint8_t *buffer, size_t limit);

#endif
