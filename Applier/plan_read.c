#include "plan_file.h"

#include "CSHA256.h"
#include "errno_text.h"
#include "file.h"
#include "system.h"

// The SHA-256 covers what follows it.
#define COVERED_FROM (offsetof(struct plan_header, sha256) + SHA256_DIGEST_SIZE)

// The file is read as the structures that it consists of.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte order");

static bool refuse(struct text *fault, const char *why) {
    put_string(fault, why);
    return false;
}

static bool refuse_numbers(struct text *fault, const char *why, uint64_t first, uint64_t second) {
    why = put_up_to_gap(fault, why);
    put_decimal(fault, first);
    why = put_up_to_gap(fault, why);
    put_decimal(fault, second);
    return refuse(fault, why);
}

/// Version and size: enough, with the magic, to know whether the rest is worth
/// reading.
static bool check_start(const struct plan_header *header, uint64_t size, struct text *fault) {
    if (header->version != PLAN_VERSION)
        return refuse_numbers(fault, PLAN_OTHER_VERSION, header->version, PLAN_VERSION);
    if (header->file_size != size)
        return refuse_numbers(fault, PLAN_OTHER_SIZE, size, header->file_size);
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
    const char *why = put_up_to_gap(fault, PLAN_DAMAGED);
    put_hexadecimal(fault, (struct bytes){computed, sizeof computed});
    why = put_up_to_gap(fault, why);
    put_hexadecimal(fault, (struct bytes){plan->header->sha256, sizeof computed});
    return refuse(fault, why);
}

// The file's bytes, read once. Its header is looked at before memory for the
// rest is taken: any file may be named by mistake.
static bool read_bytes(struct plan *plan, long descriptor, struct text *fault) {
    static const char magic[] = PLAN_MAGIC;
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
    if (head < (long)sizeof header.magic || memcmp(header.magic, magic, sizeof header.magic) != 0)
        return refuse(fault, PLAN_NOT_A_PLAN);
    if (head < (long)sizeof header || size < (long)sizeof header)
        return refuse_numbers(fault, PLAN_CUT_SHORT, (uint64_t)head, sizeof header);
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
    if (rest != size - (long)sizeof header)
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
