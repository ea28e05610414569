#include "file.h"

#include "system.h"

// How much is asked for at once. A file of /proc/sys answers ENOMEM where the
// kernel itself could not allocate as much (fs/proc/proc_sysctl.c).
#define READ_LIMIT (64 << 10)

long read_up_to(long descriptor, uint8_t *buffer, size_t size) {
    size_t done = 0;

    while (done < size) {
        const size_t rest = size - done;
        const long count = system_read(descriptor, buffer + done, rest < READ_LIMIT ? rest : READ_LIMIT);
        if (count == -EINTR)
            continue;
        if (count < 0)
            return count;
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (long)done;
}

long read_file(const char *path, uint8_t *buffer, size_t size) {
    const long descriptor = system_open(path);

    if (descriptor < 0)
        return descriptor;
    const long count = read_up_to(descriptor, buffer, size);
    system_close(descriptor);
    return count;
}

uint8_t *allocate(size_t size) {
    const long answer = system_allocate(size);

    return answer < 0 && answer > -4096 ? NULL : (uint8_t *)answer;
}
