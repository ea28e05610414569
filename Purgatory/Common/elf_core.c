// The ELF header and program headers of elfcorehdr (System V ABI, chapters 4
// and 5), with the demands that Linux makes before it offers /proc/vmcore.

#include "elf_core.h"

#include <stddef.h>

// Offsets in the 64-byte header of a 64-bit file.
#define EI_CLASS        4
#define EI_DATA         5
#define EI_VERSION      6
#define E_TYPE          16
#define E_MACHINE       18
#define E_VERSION       20
#define E_PHOFF         32
#define E_EHSIZE        52
#define E_PHENTSIZE     54
#define E_PHNUM         56
#define ELF_HEADER_SIZE 64

#define P_TYPE              0
#define PROGRAM_HEADER_SIZE 56

#define ELFCLASS64  2
#define ELFDATA2LSB 1
#define EV_CURRENT  1
#define ET_CORE     4
#define PT_NULL     0
#define PT_LOAD     1
#define PT_NOTE     4

// Read byte by byte: a header that was written over may say any e_phoff, and
// not every CPU loads from every alignment.
static uint64_t load_little_endian(const uint8_t *bytes, int count) {
    uint64_t value = 0;
    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

static const char *program_headers_fault(const uint8_t *header, uint64_t memory_size) {
    const uint64_t e_phoff = load_little_endian(header + E_PHOFF, 8);
    const uint64_t e_phnum = load_little_endian(header + E_PHNUM, 2);

    if (load_little_endian(header + E_PHENTSIZE, 2) != PROGRAM_HEADER_SIZE)
        return "e_phentsize is not 56";
    if (e_phnum == 0)
        return "e_phnum is 0";
    if (e_phoff < ELF_HEADER_SIZE)
        return "e_phoff is inside the ELF header";
    // Written so that neither side can overflow: e_phnum has 16 bits.
    if (e_phoff > memory_size || e_phnum * PROGRAM_HEADER_SIZE > memory_size - e_phoff)
        return "the program headers end after the segment";

    for (uint64_t i = 0; i < e_phnum; i++) {
        const uint8_t *program_header = header + e_phoff + i * PROGRAM_HEADER_SIZE;
        const uint64_t p_type = load_little_endian(program_header + P_TYPE, 4);
        if (p_type != PT_NULL && p_type != PT_LOAD && p_type != PT_NOTE)
            return "a program header is neither PT_LOAD nor PT_NOTE";
    }
    return NULL;
}

const char *elf_core_fault(const uint8_t *header, uint64_t memory_size, uint32_t machine) {
    if (memory_size < ELF_HEADER_SIZE)
        return "no room for an ELF header";
    if (header[0] != 0x7f || header[1] != 'E' || header[2] != 'L' || header[3] != 'F')
        return "no ELF magic";
    if (header[EI_CLASS] != ELFCLASS64)
        return "not ELFCLASS64";
    if (header[EI_DATA] != ELFDATA2LSB)
        return "not ELFDATA2LSB";
    if (header[EI_VERSION] != EV_CURRENT || load_little_endian(header + E_VERSION, 4) != EV_CURRENT)
        return "not EV_CURRENT";
    if (load_little_endian(header + E_TYPE, 2) != ET_CORE)
        return "e_type is not ET_CORE";
    if (load_little_endian(header + E_MACHINE, 2) != machine)
        return "e_machine is another machine's";
    if (load_little_endian(header + E_EHSIZE, 2) != ELF_HEADER_SIZE)
        return "e_ehsize is not 64";
    return program_headers_fault(header, memory_size);
}
