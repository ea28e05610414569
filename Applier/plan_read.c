#include "plan_file.h"

#include "CSHA256.h"
#include "errno_text.h"
#include "file.h"
#include "system.h"

#define COVERED_FROM 56

// The layout is the compiler's and the format's alike.
_Static_assert(sizeof(struct plan_header) == PLAN_HEADER_SIZE, "header");
_Static_assert(offsetof(struct plan_header, machine) == COVERED_FROM, "machine");
_Static_assert(offsetof(struct plan_header, digest) == 88, "digest");
_Static_assert(offsetof(struct plan_header, command_line) == 152, "command_line");
_Static_assert(sizeof(struct plan_segment) == 48, "segment");
_Static_assert(sizeof(struct plan_region) == 16, "region");
_Static_assert(sizeof(struct plan_fact) == 48, "fact");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte order");

static bool refuse(struct text *fault, const char *why) {
    put_string(fault, why);
    return false;
}

/// Version and size: enough, with the magic, to know whether the rest is worth
/// reading.
static bool check_start(const struct plan_header *header, uint64_t size, struct text *fault) {
    if (header->version != PLAN_VERSION) {
        put_string(fault, "a plan file of version ");
        put_decimal(fault, header->version);
        return refuse(fault, ", this program knows version 1");
    }
    if (header->file_size != size) {
        put_string(fault, "the file has ");
        put_decimal(fault, size);
        put_string(fault, " bytes, its header says ");
        put_decimal(fault, header->file_size);
        return refuse(fault, ": cut short, or not a plan file alone");
    }
    return true;
}

static bool check_sha256(const struct plan *plan, struct text *fault) {
    struct sha256_context context;
    uint8_t computed[SHA256_DIGEST_SIZE];

    sha256_init(&context, sha256_best_implementation());
    sha256_update(&context, plan->file.start + COVERED_FROM, plan->file.size - COVERED_FROM);
    sha256_final(&context, computed);
    if (memcmp(computed, plan->header->sha256, sizeof computed) == 0)
        return true;
    put_string(fault, "damaged: its SHA-256 is ");
    put_hexadecimal(fault, (struct bytes){computed, sizeof computed});
    put_string(fault, ", its header says ");
    put_hexadecimal(fault, (struct bytes){plan->header->sha256, sizeof computed});
    return false;
}

// The file's bytes, read once. Its header is looked at before memory for the
// rest is taken: any file may be named by mistake.
static bool read_bytes(struct plan *plan, long descriptor, struct text *fault) {
    static const char magic[8] = {'S', 'W', 'K', 'X', 'P', 'L', 'A', 'N'};
    static struct plan_header header;
    const long size = system_seek(descriptor, 0, SEEK_END);

    if (size < 0 || system_seek(descriptor, 0, SEEK_SET) != 0)
        return refuse(fault, "is not a regular file");
    const long head = read_up_to(descriptor, (uint8_t *)&header, sizeof header);
    if (head == -EISDIR)
        return refuse(fault, "is a directory, not a file");
    if (head < 0) {
        put_string(fault, "cannot read: ");
        put_errno(fault, -head);
        return false;
    }
    if (head < (long)sizeof magic || memcmp(header.magic, magic, sizeof magic) != 0)
        return refuse(fault, "not a plan file");
    if (head < PLAN_HEADER_SIZE || size < PLAN_HEADER_SIZE) {
        put_string(fault, "cut short: it has ");
        put_decimal(fault, (uint64_t)head);
        return refuse(fault, " bytes, the header alone has 160");
    }
    if ((uint64_t)size > PLAN_SIZE_LIMIT) {
        put_string(fault, "larger than the limit of ");
        put_decimal(fault, PLAN_SIZE_LIMIT);
        return refuse(fault, " bytes");
    }
    if (!check_start(&header, (uint64_t)size, fault))
        return false;

    uint8_t *bytes = allocate((size_t)size);
    if (bytes == NULL)
        return refuse(fault, "there is no memory for the whole file");
    memcpy(bytes, &header, sizeof header);
    const long rest = read_up_to(descriptor, bytes + sizeof header, (size_t)size - sizeof header);
    if (rest < 0) {
        put_string(fault, "cannot read: ");
        put_errno(fault, -rest);
        return false;
    }
    if (rest != size - PLAN_HEADER_SIZE)
        return refuse(fault, "it became shorter while it was read");
    plan->file = (struct bytes){bytes, (size_t)size};
    plan->header = (const struct plan_header *)bytes;
    return true;
}

bool plan_read(struct plan *plan, const char *path, struct text *fault) {
    const long descriptor = system_open(path);

    if (descriptor < 0) {
        put_string(fault, "cannot open: ");
        put_errno(fault, -descriptor);
        return false;
    }
    const bool is_read = read_bytes(plan, descriptor, fault);
    system_close(descriptor);
    return is_read && check_sha256(plan, fault) && plan_check(plan, fault);
}
