#ifndef CSTRUCTLAYOUTS_H
#define CSTRUCTLAYOUTS_H

/* Where the system's own C headers put the fields of binary structures, so that the tables of
 * fields written in Swift are checked against something that is not Swift. */

#include <stddef.h>
#include <stdint.h>

struct c_field {
    /* "Elf64_Ehdr", "boot_params" */
    const char *structure;
    /* "e_phnum"; "" for the whole structure; "hdr.init_size" for a member's member */
    const char *name;
    size_t offset;
    size_t size;
};

size_t c_field_count(void);
struct c_field c_field_at(size_t index);

struct c_constant {
    const char *name;
    uint64_t value;
};

size_t c_constant_count(void);
struct c_constant c_constant_at(size_t index);

#endif
