// mark-memory START END WORD PAGES
//
// Takes memory until it has so many pages of 4096 bytes between two physical addresses, writes WORD at the beginning of
// each of those and of no other, prints "marked PAGES" and stays, so that the pages stay. Linux hands out what came
// last at the end (mm/page_alloc.c puts it at the tail of its lists), so all movable memory may have to be taken. A
// little of it is left, so that others can go on.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { PAGE = 4096, CHUNK = 16 << 20, LEAVE = 192 << 20 };
static const uint64_t PRESENT = 1UL << 63, FRAME = (1UL << 55) - 1; // Documentation/admin-guide/mm/pagemap.rst

static unsigned long left(void) {
    struct sysinfo now;
    return sysinfo(&now) ? 0 : now.freeram * now.mem_unit;
}

int main(int count, char **arguments) {
    int pagemap = open("/proc/self/pagemap", O_RDONLY);
    if (count != 5 || pagemap < 0)
        return 2;
    unsigned long start = strtoul(arguments[1], NULL, 0), end = strtoul(arguments[2], NULL, 0), marked = 0;
    unsigned long wanted = strtoul(arguments[4], NULL, 0), page = sysconf(_SC_PAGESIZE);
    while (marked < wanted && left() > LEAVE) {
        char *memory = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED || mlock(memory, CHUNK))
            break;
        for (size_t at = 0; at < CHUNK && marked < wanted; at += page) {
            uint64_t entry = 0;
            if (pread(pagemap, &entry, sizeof entry, (off_t)((uintptr_t)(memory + at) / page * sizeof entry)) !=
                sizeof entry)
                return 1;
            unsigned long physical = (entry & FRAME) * page;
            if (!(entry & PRESENT) || physical < start || physical >= end)
                continue;
            for (size_t within = 0; within < page; within += PAGE, marked++)
                strcpy(memory + at + within, arguments[3]);
        }
    }
    printf("marked %lu\n", marked);
    fflush(stdout);
    pause();
    return 0;
}
