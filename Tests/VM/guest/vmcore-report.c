// vmcore-report FILE [--marker WORD --from ADDRESS]
//
// Prints what an ELF core describes, a fact a line:
//   header PHNUM
//   range START END             a PT_LOAD, physical addresses, END not included
//   unreadable START END        one whose first or last byte cannot be read
//   note NAME TYPE SIZE         every note of every PT_NOTE
//   vmcoreinfo KEY=VALUE        the lines that tests look at
//   marker PAGES FIRST          pages at or above ADDRESS that begin with WORD
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, WINDOW = 64 << 20 };

static void report_vmcoreinfo(char *text) {
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (!strncmp(line, "OSRELEASE=", 10) || !strncmp(line, "KERNELOFFSET=", 13) ||
            !strncmp(line, "NUMBER(phys_base)", 17))
            printf("vmcoreinfo %s\n", line);
}

static void report_range(int file, const Elf64_Phdr *segment) {
    char byte;
    unsigned long start = segment->p_paddr, end = start + segment->p_memsz;
    printf("range %#lx %#lx\n", start, end);
    if (segment->p_filesz != segment->p_memsz || pread(file, &byte, 1, segment->p_offset) != 1 ||
        pread(file, &byte, 1, segment->p_offset + segment->p_filesz - 1) != 1)
        printf("unreadable %#lx %#lx\n", start, end);
}

static size_t padded(size_t size) {
    return (size + 3) & ~(size_t)3;
}

static void report_notes(int file, const Elf64_Phdr *segment) {
    char *bytes = malloc(segment->p_filesz + 1);
    ssize_t have = pread(file, bytes, segment->p_filesz, segment->p_offset);
    for (ssize_t at = 0; at + (ssize_t)sizeof(Elf64_Nhdr) <= have;) {
        const Elf64_Nhdr *note = (const Elf64_Nhdr *)(bytes + at);
        if (!note->n_namesz) // the notes of a CPU that is off, or the padding after the last one
            break;
        char *name = bytes + at + sizeof *note, *contents = name + padded(note->n_namesz);
        if (contents + note->n_descsz > bytes + have) {
            printf("note-beyond-its-segment %zd\n", at);
            break;
        }
        printf("note %s %u %u\n", name, note->n_type, note->n_descsz);
        if (!strcmp(name, "VMCOREINFO"))
            report_vmcoreinfo(strndup(contents, note->n_descsz));
        at += sizeof *note + padded(note->n_namesz) + padded(note->n_descsz);
    }
    free(bytes);
}

/* A word at the beginning of each page is enough: a page that was read wrongly is wrong as a whole. Mapped, since
   reading page by page takes a minute for a gigabyte where the machine is emulated. */
static void count_marker(int file, const Elf64_Phdr *segment, const char *word, unsigned long from,
                         unsigned long *pages, unsigned long *first) {
    unsigned long at = from > segment->p_paddr ? from - segment->p_paddr : 0;
    for (unsigned long size; at < segment->p_filesz; at += size) {
        size = segment->p_filesz - at < WINDOW ? segment->p_filesz - at : WINDOW;
        const char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, segment->p_offset + at);
        if (bytes == MAP_FAILED) {
            printf("unmappable %#lx\n", segment->p_paddr + at);
            return;
        }
        for (unsigned long page = 0; page + PAGE <= size; page += PAGE)
            if (!strcmp(bytes + page, word) && !(*pages)++)
                *first = segment->p_paddr + at + page;
        munmap((void *)bytes, size);
    }
}

int main(int count, char **arguments) {
    const char *word = NULL;
    unsigned long from = 0, pages = 0, first = 0;
    for (int i = 2; i + 1 < count; i += 2)
        if (!strcmp(arguments[i], "--marker"))
            word = arguments[i + 1];
        else if (!strcmp(arguments[i], "--from"))
            from = strtoul(arguments[i + 1], NULL, 0);
    int file = count > 1 ? open(arguments[1], O_RDONLY) : -1;
    Elf64_Ehdr header;
    if (file < 0 || pread(file, &header, sizeof header, 0) != sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG)) {
        printf("unreadable\n");
        return 1;
    }
    printf("header %u\n", header.e_phnum);
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (pread(file, &segment, sizeof segment, header.e_phoff + (off_t)i * header.e_phentsize) != sizeof segment)
            return 1;
        if (segment.p_type == PT_LOAD)
            report_range(file, &segment);
        if (segment.p_type == PT_NOTE)
            report_notes(file, &segment);
        if (segment.p_type == PT_LOAD && word)
            count_marker(file, &segment, word, from, &pages, &first);
    }
    if (word)
        printf("marker %lu %#lx\n", pages, first);
    return 0;
}
