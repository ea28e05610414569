// What purgatory says, and it only speaks when a check has failed.

#ifndef PURGATORY_MESSAGE_H
#define PURGATORY_MESSAGE_H

#include <stdbool.h>

#include "parameters.h"

#pragma GCC visibility push(hidden)

/// Puts one character on the console. Every architecture supplies it, and so
/// does the unit test. Line ends come as \r\n.
void purgatory_putchar(char character);

#pragma GCC visibility pop

/// The first line of what is said when the digest does not fit.
void purgatory_report_mismatch(void);

/// Below it, one line for each segment that is not what was loaded,
void purgatory_report_changed(const struct purgatory_segment *segment);

/// or one if all are: then the digest itself was written over, or the list.
void purgatory_report_none_changed(void);

void purgatory_report_digests(const uint8_t expected[SHA256_DIGEST_SIZE], const uint8_t computed[SHA256_DIGEST_SIZE]);

void purgatory_report_shape(const struct purgatory_segment *segment, const char *fault);

/// An exception while the checks are made, as the CPU tells of it: vector, error
/// code, RIP and CR2 of x86_64; class, ESR, ELR and FAR of aarch64.
void purgatory_report_exception(uint64_t number, uint64_t syndrome, uint64_t instruction, uint64_t data);

/// The last line: what happens instead of the new kernel.
void purgatory_report_end(bool resetting);

#endif
