#ifndef PURGATORY_SHAPE_H
#define PURGATORY_SHAPE_H

#include "parameters.h"

/// What is wrong with the segment, in a few words that follow "elfcorehdr at
/// 0x...: ", or a null pointer if nothing is.
///
/// A shape check finds memory that was written over, not every flipped bit:
/// the running kernel may rewrite these segments, so there is no digest of
/// them. It asks what the new kernel will ask, in time to say so.
///
/// `machine` is the e_machine of an elfcorehdr.
const char *purgatory_shape_fault(const struct purgatory_segment *segment, uint32_t machine);

/// What messages call a segment: the word for its role, as the loader prints it.
const char *purgatory_role_name(const struct purgatory_segment *segment);

#endif
