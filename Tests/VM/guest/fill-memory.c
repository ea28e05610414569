// fill-memory MEBIBYTES WORD
//
// Writes WORD at the beginning of each page of so much memory, prints "filled PAGES" and stays, so that the pages stay.
// Linux gives programs memory of the movable zone first, and that holds nothing but what was added to the running
// guest.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };

int main(int count, char **arguments) {
    if (count != 3)
        return 2;
    size_t size = strtoul(arguments[1], NULL, 0) << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mlock(memory, size)) {
        perror("fill-memory");
        return 1;
    }
    for (size_t at = 0; at < size; at += PAGE)
        strcpy(memory + at, arguments[2]);
    printf("filled %zu\n", size / PAGE);
    fflush(stdout);
    pause();
    return 0;
}
