// The parameter block: what the loader writes into the linked image before it
// loads it. The build declares each object in Swift (PurgatoryX86_64 and so on):
// purgatory_kernel_entry of eight bytes is a UInt64 kernelEntry there, so whoever
// changes a name or a size here is told by the compiler where it is set. All
// integers are little-endian.
//
// An architecture adds its own parameters (where the kernel is entered, where
// the console is) in its folder.

#ifndef PURGATORY_PARAMETERS_H
#define PURGATORY_PARAMETERS_H

#include <stdint.h>

#include "CSHA256.h"

/// As many as the kernel takes segments (KEXEC_SEGMENT_MAX).
#define PURGATORY_SEGMENT_LIMIT 16

/// Loaded bytes that the digest covers.
struct purgatory_region {
    /// Physical address.
    uint64_t start;
    /// The loaded bytes, without the zeroes after them; 0 = unused entry.
    uint64_t length;
};

enum purgatory_shape_kind {
    PURGATORY_SHAPE_NONE = 0,
    PURGATORY_SHAPE_ELFCOREHDR = 1,
    PURGATORY_SHAPE_FDT = 2,
};

/// A segment outside the digest, because the running kernel may rewrite it.
/// Only its shape can be checked.
struct purgatory_shape {
    /// Physical address.
    uint64_t start;
    uint64_t memory_size;
    /// enum purgatory_shape_kind, in a width that does not depend on the ABI.
    uint32_t kind;
    /// The e_machine of an elfcorehdr.
    uint32_t machine;
};

enum purgatory_on_mismatch {
    PURGATORY_HALT = 0,
    PURGATORY_RESET = 1,
};

_Static_assert(sizeof(struct purgatory_region) == 16, "read by the loader");
_Static_assert(sizeof(struct purgatory_shape) == 24, "read by the loader");

// Hidden, so that position-independent code reaches these without a global
// offset table: its entries would be relocations.
#pragma GCC visibility push(hidden)

/// SHA-256 over all regions, one after the other in the order of the list.
extern uint8_t purgatory_digest[SHA256_DIGEST_SIZE];
extern struct purgatory_region purgatory_regions[PURGATORY_SEGMENT_LIMIT];
extern struct purgatory_shape purgatory_shapes[PURGATORY_SEGMENT_LIMIT];
/// 0: start the kernel without looking at digest and shapes.
extern uint32_t purgatory_check_enabled;
/// enum purgatory_on_mismatch.
extern uint32_t purgatory_on_mismatch;

#pragma GCC visibility pop

/// Puts a parameter where the image file has bytes to patch. Left to itself a
/// compiler places a variable that begins as zero in .bss, which has none.
#define PURGATORY_PARAMETER __attribute__((section(".data.parameters"), used))

#endif
