// vmcore-report FILE [--marker WORD --from ADDRESS]
//
// Prints what an ELF core describes, a fact a line:
//   header PHNUM
//   range START END             a PT_LOAD, physical addresses, END not included
//   note NAME TYPE SIZE         every note of every PT_NOTE
//   vmcoreinfo KEY=VALUE        the lines that tests look at
//   marker PAGES FIRST          pages at or above ADDRESS that begin with WORD
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void report_vmcoreinfo(char *text)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (!strncmp(line, "OSRELEASE=", 10) || !strncmp(line, "KERNELOFFSET=", 13) || !strncmp(line, "NUMBER(phys_base)", 17))
            printf("vmcoreinfo %s\n", line);
}

static size_t padded(size_t size) { return (size + 3) & ~(size_t)3; }

static void report_notes(int file, const Elf64_Phdr *segment)
{
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

/* A word at the beginning of each page is enough: a page that was read wrongly is wrong as a whole. */
static void count_marker(int file, const Elf64_Phdr *segment, const char *word, unsigned long *pages, unsigned long *first)
{
    char found[64];
    size_t length = strlen(word);
    for (unsigned long at = 0; at < segment->p_filesz; at += PAGE)
        if (pread(file, found, length, segment->p_offset + at) == (ssize_t)length && !memcmp(found, word, length)) {
            if (!*pages)
                *first = segment->p_paddr + at;
            ++*pages;
        }
}

int main(int count, char **arguments)
{
    const char *word = NULL;
    unsigned long from = 0, pages = 0, first = 0;
    for (int i = 2; i + 1 < count; i += 2)
        if (!strcmp(arguments[i], "--marker"))
            word = arguments[i + 1];
        else if (!strcmp(arguments[i], "--from"))
            from = strtoul(arguments[i + 1], NULL, 0);
    int file = count > 1 ? open(arguments[1], O_RDONLY) : -1;
    Elf64_Ehdr header;
    if (file < 0 || pread(file, &header, sizeof header, 0) != sizeof header || memcmp(header.e_ident, ELFMAG, SELFMAG)) {
        printf("unreadable\n");
        return 1;
    }
    printf("header %u\n", header.e_phnum);
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (pread(file, &segment, sizeof segment, header.e_phoff + (off_t)i * header.e_phentsize) != sizeof segment)
            return 1;
        if (segment.p_type == PT_LOAD)
            printf("range %#lx %#lx\n", segment.p_paddr, segment.p_paddr + segment.p_memsz);
        if (segment.p_type == PT_NOTE)
            report_notes(file, &segment);
        if (segment.p_type == PT_LOAD && word && segment.p_paddr >= from)
            count_marker(file, &segment, word, &pages, &first);
    }
    if (word)
        printf("marker %lu %#lx\n", pages, first);
    return 0;
}
