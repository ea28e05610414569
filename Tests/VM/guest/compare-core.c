// compare-core ELFCOREHDR CORE
//
// ELFCOREHDR says where in physical memory each part of a core stands; CORE, which is /proc/vmcore, has the parts
// themselves. Prints whether they are the same, a part a line:
//   load ADDRESS SIZE same|different|missing   the first and the last MiB of a PT_LOAD
//   note NAME same|missing                     a note that ELFCOREHDR names with a size
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 20, MOST_HEADERS = 4096 };

static int memory, core;
static Elf64_Phdr headers[MOST_HEADERS];
static unsigned count;

static void *bytes_of(int file, unsigned long offset, size_t size) {
    char *bytes = malloc(size);
    for (size_t have = 0; have < size;) {
        ssize_t more = pread(file, bytes + have, size - have, offset + have);
        if (more <= 0) {
            printf("unreadable %s %#lx\n", file == memory ? "memory" : "core", offset + have);
            exit(1);
        }
        have += more;
    }
    return bytes;
}

static int same(unsigned long in_memory, unsigned long in_core, size_t size) {
    void *one = bytes_of(memory, in_memory, size), *other = bytes_of(core, in_core, size);
    int equal = !memcmp(one, other, size);
    free(one);
    free(other);
    return equal;
}

static const char *load(const Elf64_Phdr *wanted) {
    for (unsigned i = 0; i < count; i++) {
        const Elf64_Phdr *found = &headers[i];
        if (found->p_type != PT_LOAD || found->p_paddr != wanted->p_paddr || found->p_filesz != wanted->p_filesz)
            continue;
        size_t size = found->p_filesz < MOST ? found->p_filesz : MOST, last = found->p_filesz - size;
        return same(wanted->p_offset, found->p_offset, size) &&
                       same(wanted->p_offset + last, found->p_offset + last, size)
                   ? "same"
                   : "different";
    }
    return "missing";
}

static size_t padded(size_t size) {
    return (size + 3) & ~(size_t)3;
}

static void note(const Elf64_Phdr *wanted) {
    const Elf64_Nhdr *bytes = bytes_of(memory, wanted->p_offset, wanted->p_filesz);
    size_t size = sizeof *bytes + padded(bytes->n_namesz) + padded(bytes->n_descsz);
    if (size > wanted->p_filesz || !bytes->n_namesz) {
        printf("note at %#lx is none\n", (unsigned long)wanted->p_offset);
        return;
    }
    int found = 0;
    for (unsigned i = 0; i < count; i++)
        if (headers[i].p_type == PT_NOTE)
            found |=
                !!memmem(bytes_of(core, headers[i].p_offset, headers[i].p_filesz), headers[i].p_filesz, bytes, size);
    printf("note %s %s\n", (const char *)(bytes + 1), found ? "same" : "missing");
}

static unsigned read_headers(int file, Elf64_Phdr *into) {
    const Elf64_Ehdr *header = bytes_of(file, 0, sizeof *header);
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_phentsize != sizeof *into ||
        header->e_phnum > MOST_HEADERS) {
        printf("no ELF core\n");
        exit(1);
    }
    memcpy(into, bytes_of(file, header->e_phoff, header->e_phnum * sizeof *into), header->e_phnum * sizeof *into);
    return header->e_phnum;
}

int main(int argument_count, char **arguments) {
    static Elf64_Phdr described[MOST_HEADERS];
    if (argument_count != 3)
        return 2;
    int elfcorehdr = open(arguments[1], O_RDONLY);
    memory = open("/dev/mem", O_RDONLY);
    core = open(arguments[2], O_RDONLY);
    if (elfcorehdr < 0 || memory < 0 || core < 0) {
        perror("compare-core");
        return 1;
    }
    unsigned parts = read_headers(elfcorehdr, described);
    count = read_headers(core, headers);
    for (unsigned i = 0; i < parts; i++)
        if (described[i].p_type == PT_LOAD)
            printf("load %#lx %#lx %s\n", (unsigned long)described[i].p_paddr, (unsigned long)described[i].p_filesz,
                   load(&described[i]));
        else if (described[i].p_type == PT_NOTE && described[i].p_filesz)
            note(&described[i]);
    return 0;
}
