// Whether facts hold. Sources/HostState/PreconditionCheck.swift does the same, in the words of plan_format.h like this
// one.

#include "facts.h"

#include "CSHA256.h"
#include "file.h"
#include "lines.h"
#include "numbers.h"
#include "system.h"
#include "tree.h"

// 64 MiB of /proc/iomem are about a million ranges.
#define FILE_LIMIT (64 << 20)

// Where a fact's file is read to, FILE_LIMIT and one byte more. Memory that is
// not touched costs nothing.
static uint8_t *file_buffer(void) {
    static uint8_t *buffer;

    if (buffer == NULL)
        buffer = allocate(FILE_LIMIT + 1);
    return buffer;
}

/// The path as a string, `number` in place of its asterisk.
static const char *path_string(struct bytes path, const char *root, uint64_t number) {
    static char string[ROOT_LIMIT + PLAN_PATH_LIMIT + 32];
    struct text text = {.bytes = string, .capacity = sizeof string - 1, .descriptor = -1};

    put_string(&text, root);
    put_string(&text, "/");
    for (size_t i = 0; i < path.size; i++)
        if (path.start[i] == '*')
            put_decimal(&text, number);
        else
            put_bytes(&text, (struct bytes){path.start + i, 1});
    string[text.used] = '\0';
    return string;
}

/// Reads a file of the machine; more than `limit` bytes of it are an error,
/// or cut off. 0 or a negative errno.
static long read_limited(struct bytes *file, const char *path, size_t limit, bool cut) {
    uint8_t *buffer = file_buffer();
    const long size = buffer == NULL ? -ENOMEM : read_file(path, buffer, cut ? limit : limit + 1);

    if (size < 0)
        return size;
    *file = (struct bytes){buffer, (size_t)size};
    return file->size > limit ? -EFBIG : 0;
}

static void put_number(struct text *text, const char *sentence, uint64_t number) {
    const char *rest = put_up_to_gap(text, sentence);

    put_decimal(text, number);
    put_string(text, rest);
}

static bool explain(long error, struct text *difference) {
    switch (-error) {
    case ENOENT:
    case ENOTDIR:
        put_string(difference, PLAN_DIFFERS_ABSENT);
        break;
    case EISDIR:
        put_string(difference, PLAN_DIFFERS_FOLDER);
        break;
    case EFBIG:
        put_number(difference, PLAN_DIFFERS_TOO_LARGE, FILE_LIMIT);
        break;
    default:
        put_number(difference, PLAN_DIFFERS_UNREADABLE, (uint64_t)-error);
    }
    return false;
}

/// What stands behind the gap.
static const char *put_shown_in(struct text *text, const char *sentence, struct bytes shown) {
    const char *rest = put_up_to_gap(text, sentence);

    put_shown(text, shown);
    return rest;
}

static bool has_lines(struct bytes file, struct bytes selector, struct bytes expected, struct text *difference) {
    // As much as `expected` can be, and then some: more than that differs in any case.
    static char joined[PLAN_EXPECTED_LIMIT + 1];
    struct text text = {.bytes = joined, .capacity = sizeof joined, .descriptor = -1};
    struct bytes line;

    for (bool is_first = true; next_line(&file, selector, &line); is_first = false) {
        put_string(&text, is_first ? "" : "\n");
        put_bytes(&text, line);
    }
    if (bytes_equal(text_bytes(&text), expected))
        return true;
    if (text.used == 0) {
        put_string(difference, PLAN_DIFFERS_NO_LINE);
    } else {
        put_string(difference, put_shown_in(difference, PLAN_DIFFERS_LINES, text_bytes(&text)));
    }
    return false;
}

static void hash_lines(struct sha256_context *hash, struct bytes file, struct bytes selector) {
    struct bytes line;

    while (next_line(&file, selector, &line)) {
        sha256_update(hash, line.start, line.size);
        sha256_update(hash, "\n", 1);
    }
}

/// @param selected the sentence where a selector has chosen what was hashed
static bool is_expected(const struct plan *plan, const struct plan_fact *fact, const uint8_t *computed,
                        const char *selected, struct text *difference) {
    const struct bytes digest = {computed, SHA256_DIGEST_SIZE}, selector = plan_text(plan, fact->selector);

    if (bytes_equal(digest, plan_text(plan, fact->expected)))
        return true;
    const char *rest = put_up_to_gap(difference, selector.size == 0 ? PLAN_DIFFERS_DIGEST : selected);
    if (selector.size != 0) {
        put_bytes(difference, selector);
        rest = put_up_to_gap(difference, rest);
    }
    put_hexadecimal(difference, digest);
    put_string(difference, rest);
    return false;
}

static bool has_digest(const struct plan *plan, const struct plan_fact *fact, const char *root,
                       struct text *difference) {
    const struct bytes path = plan_text(plan, fact->path), selector = plan_text(plan, fact->selector);
    struct number_list numbers = {plan_text(plan, fact->numbers), 0, 0, false};
    struct sha256_context hash;
    uint8_t computed[SHA256_DIGEST_SIZE];
    struct bytes file;
    uint64_t number = 0;

    sha256_init(&hash, sha256_best_implementation());
    const bool is_one_file = numbers.rest.size == 0;
    while (is_one_file || next_number(&numbers, &number)) {
        const long error = read_limited(&file, path_string(path, root, number), FILE_LIMIT, false);
        if (error == 0)
            hash_lines(&hash, file, selector);
        else if (!is_one_file && (error == -ENOENT || error == -ENOTDIR))
            sha256_update(&hash, "-\n", 2);
        else
            return explain(error, difference);
        if (is_one_file)
            break;
    }
    sha256_final(&hash, computed);
    return is_expected(plan, fact, computed, PLAN_DIFFERS_LINE_DIGEST, difference);
}

static bool has_tree(const struct plan *plan, const struct plan_fact *fact, const char *root, struct text *difference) {
    uint8_t computed[SHA256_DIGEST_SIZE];
    const long error = hash_tree(computed, path_string(plan_text(plan, fact->path), root, 0),
                                 plan_text(plan, fact->selector), file_buffer(), FILE_LIMIT);

    if (error != 0)
        return explain(error, difference);
    return is_expected(plan, fact, computed, PLAN_DIFFERS_TREE_DIGEST, difference);
}

static bool compare(const struct plan *plan, const struct plan_fact *fact, const char *root, struct text *difference) {
    const struct bytes path = plan_text(plan, fact->path), expected = plan_text(plan, fact->expected);
    struct bytes file;

    if (fact->rule == PLAN_FACT_DIGEST)
        return has_digest(plan, fact, root, difference);
    if (fact->rule == PLAN_FACT_TREE)
        return has_tree(plan, fact, root, difference);
    const size_t limit = fact->rule == PLAN_FACT_BEGINS     ? PLAN_EXPECTED_LIMIT
                         : fact->rule == PLAN_FACT_CONTAINS ? PLAN_CONTAINS_LIMIT
                                                            : FILE_LIMIT;
    const long error = read_limited(&file, path_string(path, root, 0), limit, limit != FILE_LIMIT);
    if (error != 0)
        return explain(error, difference);

    if (fact->rule == PLAN_FACT_LINES)
        return has_lines(file, plan_text(plan, fact->selector), expected, difference);
    if (fact->rule == PLAN_FACT_CONTAINS) {
        if (bytes_hold(file, expected))
            return true;
        put_string(difference, PLAN_DIFFERS_LACKS);
        return false;
    }
    if (fact->rule == PLAN_FACT_BEGINS ? bytes_begin_with(file, expected) : bytes_equal(file, expected))
        return true;
    put_string(difference, put_shown_in(difference, PLAN_DIFFERS_IS, file));
    return false;
}

bool fact_holds(const struct plan *plan, const struct plan_fact *fact, const char *root, struct text *difference) {
    static char reason[512];
    struct text how = {.bytes = reason, .capacity = sizeof reason, .descriptor = -1};

    if (compare(plan, fact, root, &how))
        return true;
    const char *rest = put_up_to_gap(difference, PLAN_DIFFERENCE);
    put_fact_file(difference, plan, fact, root);
    rest = put_up_to_gap(difference, rest);
    put_bytes(difference, text_bytes(&how));
    rest = put_up_to_gap(difference, rest);
    put_expectation(difference, plan, fact);
    put_string(difference, rest);
    return false;
}

// MARK: - For people

void put_fact_file(struct text *text, const struct plan *plan, const struct plan_fact *fact, const char *root) {
    const struct bytes path = plan_text(plan, fact->path);

    put_string(text, root);
    put_string(text, "/");
    for (size_t i = 0; i < path.size; i++)
        if (path.start[i] == '*') {
            put_string(text, "[");
            put_bytes(text, plan_text(plan, fact->numbers));
            put_string(text, "]");
        } else {
            put_bytes(text, (struct bytes){path.start + i, 1});
        }
}

void put_expectation(struct text *text, const struct plan *plan, const struct plan_fact *fact) {
    if (fact->rule == PLAN_FACT_DIGEST || fact->rule == PLAN_FACT_TREE)
        put_hexadecimal(text, plan_text(plan, fact->expected));
    else
        put_shown(text, plan_text(plan, fact->expected));
}
