// The plan file (swkexec-plan(5)): its layout, its numbers, and what is said
// of a file that breaks one of its rules. Its two readers, Sources/PlanFile in
// Swift and Applier/ in C, share this and nothing else: they test each other.

#ifndef PLAN_FORMAT_H
#define PLAN_FORMAT_H

#include <stdint.h>

// MARK: - Layout

// Integers are little-endian. There are no gaps.
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/// A text: where it stands in the texts, and its size.
struct plan_text {
    uint32_t offset, size;
};

struct plan_header {
    /// PLAN_MAGIC
    uint8_t magic[8];
    /// PLAN_VERSION
    uint32_t version;
    /// Of header, tables and texts: where the segments' bytes begin.
    uint32_t head_size;
    uint64_t file_size;
    /// SHA-256 over everything behind it.
    uint8_t sha256[32];

    /// e_machine.
    uint16_t machine;
    /// PLAN_CRASH or PLAN_REBOOT
    uint16_t purpose;
    /// PLAN_HOTPLUG, PLAN_CHECKS_DIGEST
    uint32_t options;
    /// Physical address.
    uint64_t entry;
    /// Of kexec_load(2); and what to try after EINVAL, or 0.
    uint64_t flags, older_flags;
    /// What purgatory checks, and how many bytes it covers; zeroes where it does not.
    uint8_t digest[32];
    uint64_t covered_bytes;
    /// Entries of the tables.
    uint32_t segment_count, region_count, fact_count;
    uint32_t text_size;
    /// As uname -m prints it.
    struct plan_text architecture;
    struct plan_text command_line;
};

struct plan_segment {
    struct plan_text role;
    /// PLAN_DIGEST_INCLUDED and the like.
    uint32_t digest_rule;
    uint32_t reserved;
    uint64_t memory_start, memory_size;
    /// Where its bytes are in the file, and how many.
    uint64_t file_offset, loaded_size;
};

/// A range of memory that segments lie in: the crash kernel's region, or a range of RAM.
struct plan_region {
    uint64_t start, size;
};

/// What a file of /proc or /sys must say.
struct plan_fact {
    /// PLAN_FACT_EQUALS and the like.
    uint16_t rule;
    /// PLAN_FACT_OVERRIDABLE
    uint16_t attributes;
    uint32_t reserved;
    /// Completes "made for another ...".
    struct plan_text subject;
    /// Of the file, and what an asterisk in it stands for: "0-3,8".
    struct plan_text path, numbers;
    /// Lines that hold it are chosen, all if it is empty.
    struct plan_text selector;
    struct plan_text expected;
};

#pragma GCC diagnostic pop

// MARK: - Numbers

#define PLAN_MAGIC   "SWKXPLAN"
#define PLAN_VERSION 2

/// Bytes of header, tables and texts.
#define PLAN_HEAD_LIMIT (64 << 10)
/// Bytes of a file: the largest initrd and the largest kernel that are read at all, and as much again.
#define PLAN_SIZE_LIMIT (8ull << 30)
/// KEXEC_SEGMENT_MAX, and as many regions.
#define PLAN_SEGMENT_LIMIT 16
#define PLAN_FACT_LIMIT    64
/// Characters of an architecture or a role.
#define PLAN_NAME_LIMIT 32

#define PLAN_CRASH  1
#define PLAN_REBOOT 2

/// The image takes updates on hotplug; purgatory checks the digest.
#define PLAN_HOTPLUG       1u
#define PLAN_CHECKS_DIGEST 2u

/// The digest covers the segment, or not: since the kernel may rewrite it, or since it holds the digest.
#define PLAN_DIGEST_INCLUDED  0
#define PLAN_DIGEST_HOTPLUG   1
#define PLAN_DIGEST_PURGATORY 2

#define PLAN_FACT_EQUALS   1
#define PLAN_FACT_BEGINS   2
#define PLAN_FACT_CONTAINS 3
#define PLAN_FACT_LINES    4
#define PLAN_FACT_DIGEST   5
#define PLAN_FACT_TREE     6

/// --force overrides it.
#define PLAN_FACT_OVERRIDABLE 1

/// Bytes of a fact's texts.
#define PLAN_SUBJECT_LIMIT  64
#define PLAN_PATH_LIMIT     256
#define PLAN_NUMBERS_LIMIT  1024
#define PLAN_SELECTOR_LIMIT 256
#define PLAN_EXPECTED_LIMIT 4096
/// How much of a file PLAN_FACT_CONTAINS looks at.
#define PLAN_CONTAINS_LIMIT (64 << 10)
/// How deep folders are nested, and bytes of names in the folders from the top to one of them, of PLAN_FACT_TREE: those
/// of a device tree (drivers/of/fdt.c, FDT_MAX_DEPTH).
#define PLAN_TREE_DEPTH_LIMIT 64
#define PLAN_TREE_NAMES_LIMIT (16 << 20)

// MARK: - What is wrong with a file

// A % stands where a number or a digest is put in; the limits above are written out.

#define PLAN_NOT_A_PLAN    "not a plan file"
#define PLAN_CUT_SHORT     "cut short: it has % bytes, the header alone has %"
#define PLAN_OTHER_VERSION "a plan file of version %, this program knows version %"
#define PLAN_OTHER_SIZE    "the file has % bytes, its header says %: cut short, or not a plan file alone"
#define PLAN_DAMAGED       "damaged: its SHA-256 is %, its header says %"

/// Before one of the faults below.
#define PLAN_MALFORMED "malformed plan file: "

#define PLAN_FAULT_SEGMENT_COUNT    "segmentCount is not 1 to 16"
#define PLAN_FAULT_REGION_COUNT     "regionCount is not 1 to 16"
#define PLAN_FAULT_FACT_COUNT       "factCount is not 1 to 64"
#define PLAN_FAULT_TEXT_SIZE        "textSize is too large"
#define PLAN_FAULT_HEAD_SIZE        "headSize does not fit the counts"
#define PLAN_FAULT_PURPOSE          "purpose is neither 1 nor 2"
#define PLAN_FAULT_OPTIONS          "options has unknown bits"
#define PLAN_FAULT_HOTPLUG          "options: hotplug is for a panic only"
#define PLAN_FAULT_FLAGS            "flags do not go with machine, purpose and options"
#define PLAN_FAULT_OLDER_FLAGS      "olderFlags do not go with machine, purpose and options"
#define PLAN_FAULT_ARCHITECTURE     "architecture is not a name"
#define PLAN_FAULT_COMMAND_LINE     "commandLine is not a text without NUL"
#define PLAN_FAULT_DIGEST_NOT_0     "digest and coveredBytes are not 0 though nothing is checked"
#define PLAN_FAULT_TRAILING_BYTES   "bytes follow those of the last segment"
#define PLAN_FAULT_ENTRY            "entry lies in no segment"
#define PLAN_FAULT_HOTPLUG_SEGMENTS "options and the segments' digest rules do not go together"
#define PLAN_FAULT_COVERED_BYTES    "coveredBytes is not the size of the covered segments"

/// Before a fault of an entry: its index.
#define PLAN_IN_REGION  "region %: "
#define PLAN_IN_SEGMENT "segment %: "
#define PLAN_IN_FACT    "fact %: "

#define PLAN_FAULT_RESERVED "reserved is not 0"

#define PLAN_FAULT_REGION "it is empty, wraps or is not above the one before"

#define PLAN_FAULT_ROLE        "role is not a name"
#define PLAN_FAULT_DIGEST_RULE "digestRule is not 0 to 2"
#define PLAN_FAULT_MEMORY      "its memory is not whole pages above the segment before"
#define PLAN_FAULT_NO_REGION   "its memory lies in no region"
#define PLAN_FAULT_LOADED_SIZE "loadedSize is more than memorySize"
#define PLAN_FAULT_FILE_OFFSET "fileOffset is not where the bytes before end"
#define PLAN_FAULT_FILE_END    "its bytes end after the file"

#define PLAN_FAULT_RULE            "rule is not 1 to 6"
#define PLAN_FAULT_ATTRIBUTES      "attributes has unknown bits"
#define PLAN_FAULT_TEXT            "a text lies outside the texts"
#define PLAN_FAULT_SUBJECT         "subject is not a text of 1 to 64 characters"
#define PLAN_FAULT_PATH            "path is none in proc/ or sys/"
#define PLAN_FAULT_TREE            "path of rule 6 is no device tree"
#define PLAN_FAULT_NUMBERS         "numbers do not go with path and rule"
#define PLAN_FAULT_SELECTOR        "selector does not go with the rule"
#define PLAN_FAULT_EXPECTED        "expected is not 1 to 4096 bytes"
#define PLAN_FAULT_EXPECTED_DIGEST "expected is not 32 bytes"

// MARK: - What is different on a machine

/// Of a plan that is refused: the fact's subject, and its file's difference. The second where an option takes the plan
/// all the same.
#define PLAN_MADE_FOR_ANOTHER "made for another %: %"
#define PLAN_CAN_BE_FORCED    " (--force overrides this)"
/// The difference of the fact "architecture", which stands in the header: architecture and e_machine of the plan, then
/// the machine's.
#define PLAN_OTHER_ARCHITECTURE "the plan is for % (e_machine %), this machine is %"

/// A difference: the file, how it differs (below), and what the fact expects.
#define PLAN_DIFFERENCE "% %, the plan expects %"

#define PLAN_DIFFERS_ABSENT      "does not exist"
#define PLAN_DIFFERS_FOLDER      "is a directory"
#define PLAN_DIFFERS_TOO_LARGE   "is larger than % bytes"
#define PLAN_DIFFERS_UNREADABLE  "cannot be read (errno %)"
#define PLAN_DIFFERS_IS          "is %"
#define PLAN_DIFFERS_LACKS       "does not have these bytes"
#define PLAN_DIFFERS_NO_LINE     "has no such line"
#define PLAN_DIFFERS_LINES       "has %"
#define PLAN_DIFFERS_DIGEST      "has the SHA-256 %"
#define PLAN_DIFFERS_LINE_DIGEST "has in its lines with '%' the SHA-256 %"
#define PLAN_DIFFERS_TREE_DIGEST "has in what begins with '%' the SHA-256 %"

#endif
