// read-physical ADDRESS LENGTH
//
// Copies physical memory of the running kernel to standard output. /proc/kcore shows RAM through the kernel's direct
// map, and its program headers tell where: the offset need not be computed from page_offset.
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count != 3)
        return 2;
    unsigned long address = strtoul(arguments[1], NULL, 0), length = strtoul(arguments[2], NULL, 0);
    int kcore = open("/proc/kcore", O_RDONLY);
    Elf64_Ehdr header;
    if (kcore < 0 || pread(kcore, &header, sizeof header, 0) != sizeof header) {
        perror("/proc/kcore");
        return 1;
    }
    // The last match: kernel text is listed before the direct map and covers only a part of RAM.
    off_t offset = -1;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (pread(kcore, &segment, sizeof segment, header.e_phoff + (off_t)i * header.e_phentsize) != sizeof segment)
            return 1;
        if (segment.p_type == PT_LOAD && segment.p_paddr != ~0UL && address >= segment.p_paddr &&
            address + length <= segment.p_paddr + segment.p_memsz)
            offset = segment.p_offset + (address - segment.p_paddr);
    }
    char *bytes = malloc(length);
    if (offset < 0 || pread(kcore, bytes, length, offset) != (ssize_t)length) {
        fprintf(stderr, "read-physical: %#lx is not in /proc/kcore\n", address);
        return 1;
    }
    return fwrite(bytes, 1, length, stdout) == length ? 0 : 1;
}
