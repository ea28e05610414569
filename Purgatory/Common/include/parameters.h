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

/// What a segment is for. The loader's SegmentRole has the same words.
enum purgatory_role {
    PURGATORY_ROLE_KERNEL = 1,
    PURGATORY_ROLE_INITRD = 2,
    PURGATORY_ROLE_FDT = 3,
    PURGATORY_ROLE_ELFCOREHDR = 4,
    PURGATORY_ROLE_BOOT_PARAMETERS = 5,
    PURGATORY_ROLE_REAL_MODE = 6,
    PURGATORY_ROLE_SETUP_DATA = 7,
    PURGATORY_ROLE_PURGATORY = 8,
    PURGATORY_ROLE_MODULE = 9,
    PURGATORY_ROLE_BACKUP = 10,
};

enum purgatory_segment_check {
    /// Unused entry, or purgatory itself.
    PURGATORY_CHECK_NONE = 0,
    /// The digest covers the loaded bytes.
    PURGATORY_CHECK_DIGEST = 1,
    /// The running kernel may rewrite it, so only its shape can be checked.
    PURGATORY_CHECK_ELFCOREHDR = 2,
    PURGATORY_CHECK_FDT = 3,
};

/// A segment of the image.
struct purgatory_segment {
    /// Physical address.
    uint64_t start;
    uint64_t memory_size;
    /// The loaded bytes, without the zeroes after them.
    uint64_t loaded_size;
    /// Of the loaded bytes (CSegmentChecksum.h); of purgatory itself, with zeroes
    /// in place of this record.
    uint64_t checksum;
    /// enum purgatory_role, in a width that does not depend on the ABI.
    uint32_t role;
    /// enum purgatory_segment_check.
    uint32_t check;
};

enum purgatory_on_mismatch {
    PURGATORY_HALT = 0,
    PURGATORY_RESET = 1,
};

/// Not 0: the kernel was asked to rewrite what it may when memory or CPUs come and
/// go.
#define PURGATORY_HOTPLUG 1

#define PURGATORY_RECORD_ALIGNMENT 16

/// What is loaded: for purgatory, which checks it, and for whoever finds this in the
/// memory of the crash region (`swkexec inspect`). The places of the fields up to
/// `machine` are those of every version.
struct purgatory_record {
    /// "swkexec-image\r\n\x1a", where the loader wrote a record.
    uint8_t magic[16];
    /// 1. Another version's fields after `machine` may lie elsewhere.
    uint32_t version;
    /// Of the whole record.
    uint32_t size;
    /// Physical address of this record: at another one lies a copy.
    uint64_t address;
    /// FNV-1a of 64 bits over the record, with this field zero.
    uint64_t checksum;
    /// Its e_machine, which an elfcorehdr has, too.
    uint32_t machine;
    /// PURGATORY_HOTPLUG
    uint32_t flags;
    /// Where the old kernel enters the image.
    uint64_t entry;
    /// 0: start the kernel without looking at digest and shapes.
    uint32_t check_enabled;
    /// enum purgatory_on_mismatch.
    uint32_t on_mismatch;
    /// SHA-256 over the segments that it covers, one after the other.
    uint8_t digest[SHA256_DIGEST_SIZE];
    /// In address order.
    struct purgatory_segment segments[PURGATORY_SEGMENT_LIMIT];
};

_Static_assert(sizeof(struct purgatory_segment) == 40, "written by the loader");
_Static_assert(sizeof(struct purgatory_record) == 736, "written by the loader");

// Hidden, so that position-independent code reaches these without a global
// offset table: its entries would be relocations.
#pragma GCC visibility push(hidden)

extern struct purgatory_record purgatory_record;

#pragma GCC visibility pop

/// Puts a parameter where the image file has bytes to patch. Left to itself a
/// compiler places a variable that begins as zero in .bss, which has none.
#define PURGATORY_PARAMETER __attribute__((section(".data.parameters"), used))

#endif
