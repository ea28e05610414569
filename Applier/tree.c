// In the words of Sources/HostState/PreconditionTree.swift.

#include "tree.h"

#include "CSHA256.h"
#include "file.h"
#include "plan_file.h"
#include "system.h"

// PATH_MAX: the kernel opens nothing by a longer name.
#define TREE_PATH_LIMIT 4096

struct walk {
    struct sha256_context hash;
    char path[TREE_PATH_LIMIT];
    /// Of the path now, and of the one that the fact names with a slash behind it.
    size_t length, top;
    /// Names of the folders from the top to this one, a NUL behind each.
    char *names;
    size_t used;
    uint8_t *buffer;
    size_t limit;
};

static struct walk walk;

static bool append(const char *name) {
    const size_t size = bytes_of(name).size;

    if (walk.length + 1 + size >= TREE_PATH_LIMIT)
        return false;
    walk.path[walk.length++] = '/';
    memcpy(walk.path + walk.length, name, size + 1);
    walk.length += size;
    return true;
}

static void cut(size_t length) {
    walk.length = length;
    walk.path[length] = '\0';
}

/// The path below the top, a NUL, the size as 8 bytes, the bytes.
static long hash_file(long kind) {
    const long descriptor = system_open_as(walk.path, kind);

    // A link, which leads elsewhere.
    if (descriptor == -ELOOP)
        return 0;
    if (descriptor < 0)
        return descriptor;
    const long size = read_up_to(descriptor, walk.buffer, walk.limit + 1);
    system_close(descriptor);
    if (size < 0)
        return size;
    if ((size_t)size > walk.limit)
        return -EFBIG;
    uint8_t width[8];
    for (size_t i = 0; i < sizeof width; i++)
        width[i] = (uint8_t)((uint64_t)size >> 8 * i);
    if (walk.length > walk.top)
        sha256_update(&walk.hash, walk.path + walk.top, walk.length - walk.top);
    sha256_update(&walk.hash, "", 1);
    sha256_update(&walk.hash, width, sizeof width);
    sha256_update(&walk.hash, walk.buffer, (size_t)size);
    return 0;
}

static bool is_before(const char *a, const char *b) {
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (uint8_t)*a < (uint8_t)*b;
}

/// A name of the folder, unless it is none of its own.
static long add_name(const char *name, struct bytes selector) {
    const struct bytes bytes = bytes_of(name);

    if (bytes_equal(bytes, bytes_of(".")) || bytes_equal(bytes, bytes_of("..")) || !bytes_begin_with(bytes, selector))
        return 0;
    // Room for a pointer to it, too.
    if (bytes.size + 1 + 2 * sizeof name > PLAN_TREE_NAMES_LIMIT - walk.used)
        return -EFBIG;
    memcpy(walk.names + walk.used, name, bytes.size + 1);
    walk.used += bytes.size + 1;
    return 1;
}

/// Takes the names of an open folder; how many they are, or a negative errno.
static long add_names(long descriptor, struct bytes selector) {
    // struct linux_dirent64: two numbers of 8 bytes, the entry's size in 2, a type in 1, the name.
    enum { size_offset = 16, name_offset = 19 };
    static uint8_t entries[32 << 10];
    long count = 0, size;

    while ((size = system_list(descriptor, entries, sizeof entries)) > 0)
        for (long at = 0; at + name_offset < size;) {
            const long entry = entries[at + size_offset] | entries[at + size_offset + 1] << 8;
            const long added = add_name((const char *)entries + at + name_offset, selector);
            // The byte order of the numbers is the machine's, and that is little-endian on all three.
            if (added < 0 || entry <= name_offset)
                return added < 0 ? added : -EINVAL;
            count += added;
            at += entry;
        }
    return size < 0 ? size : count;
}

/// The names as pointers behind them, in byte order; NULL when there is no room.
static const char **sort_names(size_t start, size_t count) {
    const size_t at = (walk.used + sizeof(char *) - 1) / sizeof(char *) * sizeof(char *);
    const char **sorted = (const char **)(void *)(walk.names + at);
    const char *name = walk.names + start;

    if (count > (PLAN_TREE_NAMES_LIMIT - at) / sizeof *sorted)
        return NULL;
    for (size_t i = 0; i < count; i++, name += bytes_of(name).size + 1) {
        size_t place = i;
        for (; place > 0 && is_before(name, sorted[place - 1]); place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = name;
    }
    walk.used = at + count * sizeof *sorted;
    return sorted;
}

static long hash_folder(long descriptor, struct bytes selector, size_t depth) {
    const size_t start = walk.used, length = walk.length;
    const long count = add_names(descriptor, selector);

    system_close(descriptor);
    if (count < 0)
        return count;
    const char **names = sort_names(start, (size_t)count);
    if (names == NULL)
        return -EFBIG;
    for (long i = 0; i < count; i++) {
        if (!append(names[i]))
            return -EFBIG;
        const long folder = system_open_as(walk.path, O_DIRECTORY | O_NOFOLLOW);
        long error = 0;
        if (folder >= 0)
            error = depth == PLAN_TREE_DEPTH_LIMIT ? -ELOOP
                                                   : hash_folder(folder, (struct bytes){walk.buffer, 0}, depth + 1);
        // A property `name` repeats its node's, and is not everywhere.
        else if (!bytes_equal(bytes_of(names[i]), bytes_of("name")))
            error = hash_file(O_NOFOLLOW);
        cut(length);
        if (error != 0)
            return error;
    }
    walk.used = start;
    return 0;
}

long hash_tree(uint8_t *digest, const char *path, struct bytes selector, uint8_t *buffer, size_t limit) {
    if (walk.names == NULL)
        walk.names = (char *)allocate(PLAN_TREE_NAMES_LIMIT);
    if (walk.names == NULL || buffer == NULL)
        return -ENOMEM;
    const struct bytes name = bytes_of(path);
    if (name.size + 1 >= TREE_PATH_LIMIT)
        return -EFBIG;
    memcpy(walk.path, path, name.size + 1);
    walk.length = name.size;
    walk.top = name.size + 1;
    walk.used = 0;
    walk.buffer = buffer;
    walk.limit = limit;
    sha256_init(&walk.hash, sha256_best_implementation());

    const long folder = system_open_as(path, O_DIRECTORY);
    const long error = folder >= 0 ? hash_folder(folder, selector, 1) : folder == -ENOTDIR ? hash_file(0) : folder;
    if (error == 0)
        sha256_final(&walk.hash, digest);
    return error;
}
