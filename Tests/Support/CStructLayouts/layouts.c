#include "CStructLayouts.h"

#include <elf.h>
#include <linux/kexec.h>
#if defined(__x86_64__)
#include <asm/bootparam.h>
#if __has_include(<asm/e820.h>)
#include <asm/e820.h>
#endif
#endif

#define WHOLE(tag, type)                                                                                               \
    { tag, "", 0, sizeof(type) }
#define FIELD(tag, type, name)                                                                                         \
    { tag, #name, offsetof(type, name), sizeof(((type *)0)->name) }
#define ELF_HEADER(name)     FIELD("Elf64_Ehdr", Elf64_Ehdr, name)
#define PROGRAM_HEADER(name) FIELD("Elf64_Phdr", Elf64_Phdr, name)
#define SECTION_HEADER(name) FIELD("Elf64_Shdr", Elf64_Shdr, name)
#define SYMBOL(name)         FIELD("Elf64_Sym", Elf64_Sym, name)
#define BOOT_PARAMS(name)    FIELD("boot_params", struct boot_params, name)
#define SEGMENT(name)        FIELD("kexec_segment", struct kexec_segment, name)

static const struct c_field fields[] = {
    WHOLE("Elf64_Ehdr", Elf64_Ehdr),
    ELF_HEADER(e_ident),
    ELF_HEADER(e_type),
    ELF_HEADER(e_machine),
    ELF_HEADER(e_version),
    ELF_HEADER(e_entry),
    ELF_HEADER(e_phoff),
    ELF_HEADER(e_shoff),
    ELF_HEADER(e_flags),
    ELF_HEADER(e_ehsize),
    ELF_HEADER(e_phentsize),
    ELF_HEADER(e_phnum),
    ELF_HEADER(e_shentsize),
    ELF_HEADER(e_shnum),
    ELF_HEADER(e_shstrndx),

    WHOLE("Elf64_Phdr", Elf64_Phdr),
    PROGRAM_HEADER(p_type),
    PROGRAM_HEADER(p_flags),
    PROGRAM_HEADER(p_offset),
    PROGRAM_HEADER(p_vaddr),
    PROGRAM_HEADER(p_paddr),
    PROGRAM_HEADER(p_filesz),
    PROGRAM_HEADER(p_memsz),
    PROGRAM_HEADER(p_align),

    WHOLE("Elf64_Shdr", Elf64_Shdr),
    SECTION_HEADER(sh_type),
    SECTION_HEADER(sh_offset),
    SECTION_HEADER(sh_size),
    SECTION_HEADER(sh_link),
    SECTION_HEADER(sh_entsize),

    WHOLE("Elf64_Sym", Elf64_Sym),
    SYMBOL(st_name),
    SYMBOL(st_shndx),
    SYMBOL(st_value),
    SYMBOL(st_size),

    WHOLE("kexec_segment", struct kexec_segment),
    SEGMENT(buf),
    SEGMENT(bufsz),
    SEGMENT(mem),
    SEGMENT(memsz),

#if defined(__x86_64__)
    WHOLE("boot_params", struct boot_params),
    BOOT_PARAMS(screen_info),
    BOOT_PARAMS(screen_info.ext_mem_k),
    BOOT_PARAMS(acpi_rsdp_addr),
    BOOT_PARAMS(alt_mem_k),
    BOOT_PARAMS(ext_ramdisk_image),
    BOOT_PARAMS(ext_ramdisk_size),
    BOOT_PARAMS(ext_cmd_line_ptr),
    BOOT_PARAMS(efi_info),
    BOOT_PARAMS(efi_info.efi_loader_signature),
    BOOT_PARAMS(efi_info.efi_systab),
    BOOT_PARAMS(efi_info.efi_memdesc_size),
    BOOT_PARAMS(efi_info.efi_memdesc_version),
    BOOT_PARAMS(efi_info.efi_memmap),
    BOOT_PARAMS(efi_info.efi_memmap_size),
    BOOT_PARAMS(efi_info.efi_systab_hi),
    BOOT_PARAMS(efi_info.efi_memmap_hi),
    BOOT_PARAMS(e820_entries),
    BOOT_PARAMS(secure_boot),
    BOOT_PARAMS(hdr),
    BOOT_PARAMS(eddbuf_entries),
    BOOT_PARAMS(edd_mbr_sig_buf_entries),
    BOOT_PARAMS(edd_mbr_sig_buffer),
    BOOT_PARAMS(eddbuf),
    BOOT_PARAMS(e820_table),

    BOOT_PARAMS(hdr.setup_sects),
    BOOT_PARAMS(hdr.syssize),
    BOOT_PARAMS(hdr.boot_flag),
    BOOT_PARAMS(hdr.jump),
    BOOT_PARAMS(hdr.header),
    BOOT_PARAMS(hdr.version),
    BOOT_PARAMS(hdr.type_of_loader),
    BOOT_PARAMS(hdr.loadflags),
    BOOT_PARAMS(hdr.ramdisk_image),
    BOOT_PARAMS(hdr.ramdisk_size),
    BOOT_PARAMS(hdr.cmd_line_ptr),
    BOOT_PARAMS(hdr.initrd_addr_max),
    BOOT_PARAMS(hdr.kernel_alignment),
    BOOT_PARAMS(hdr.relocatable_kernel),
    BOOT_PARAMS(hdr.xloadflags),
    BOOT_PARAMS(hdr.cmdline_size),
    BOOT_PARAMS(hdr.hardware_subarch),
    BOOT_PARAMS(hdr.hardware_subarch_data),
    BOOT_PARAMS(hdr.setup_data),
    BOOT_PARAMS(hdr.pref_address),
    BOOT_PARAMS(hdr.init_size),

    WHOLE("boot_e820_entry", struct boot_e820_entry),
    FIELD("boot_e820_entry", struct boot_e820_entry, addr),
    FIELD("boot_e820_entry", struct boot_e820_entry, size),
    FIELD("boot_e820_entry", struct boot_e820_entry, type),

    WHOLE("setup_data", struct setup_data),
    FIELD("setup_data", struct setup_data, next),
    FIELD("setup_data", struct setup_data, type),
    FIELD("setup_data", struct setup_data, len),
#endif
};

size_t c_field_count(void) {
    return sizeof fields / sizeof *fields;
}
struct c_field c_field_at(size_t index) {
    return fields[index];
}

#define CONSTANT(name)                                                                                                 \
    { #name, (uint64_t)(name) }

static const struct c_constant constants[] = {
    CONSTANT(EI_CLASS),
    CONSTANT(EI_DATA),
    CONSTANT(EI_VERSION),
    CONSTANT(EI_OSABI),
    CONSTANT(ELFCLASS64),
    CONSTANT(ELFDATA2LSB),
    CONSTANT(ELFDATA2MSB),
    CONSTANT(EV_CURRENT),
    CONSTANT(ET_EXEC),
    CONSTANT(ET_DYN),
    CONSTANT(ET_CORE),
    CONSTANT(EM_PPC64),
    CONSTANT(EM_X86_64),
    CONSTANT(EM_AARCH64),
    CONSTANT(EM_RISCV),
    CONSTANT(PT_LOAD),
    CONSTANT(PT_DYNAMIC),
    CONSTANT(PT_NOTE),
    CONSTANT(PF_R | PF_W | PF_X),
    CONSTANT(PN_XNUM),
    CONSTANT(SHT_SYMTAB),
    CONSTANT(SHT_STRTAB),
    CONSTANT(SHT_RELA),

    CONSTANT(KEXEC_ON_CRASH),
    CONSTANT(KEXEC_ARCH_MASK),
    CONSTANT(KEXEC_ARCH_X86_64),
    CONSTANT(KEXEC_ARCH_PPC64),
    CONSTANT(KEXEC_ARCH_AARCH64),
    CONSTANT(KEXEC_SEGMENT_MAX),
#if defined(KEXEC_UPDATE_ELFCOREHDR)
    CONSTANT(KEXEC_UPDATE_ELFCOREHDR),
#endif
#if defined(KEXEC_CRASH_HOTPLUG_SUPPORT)
    CONSTANT(KEXEC_CRASH_HOTPLUG_SUPPORT),
#endif

#if defined(__x86_64__)
    CONSTANT(XLF_KERNEL_64),
    CONSTANT(XLF_CAN_BE_LOADED_ABOVE_4G),
    CONSTANT(XLF_EFI_KEXEC),
    CONSTANT(LOADED_HIGH),
    CONSTANT(SETUP_E820_EXT),
    CONSTANT(SETUP_EFI),
    CONSTANT(E820_MAX_ENTRIES_ZEROPAGE),
#if __has_include(<asm/e820.h>)
    CONSTANT(E820_RAM),
    CONSTANT(E820_RESERVED),
    CONSTANT(E820_ACPI),
    CONSTANT(E820_NVS),
    CONSTANT(E820_UNUSABLE),
    CONSTANT(E820_PMEM),
    CONSTANT(E820_PRAM),
#endif
#if defined(XLF_5LEVEL_ENABLED)
    CONSTANT(XLF_5LEVEL),
    CONSTANT(XLF_5LEVEL_ENABLED),
#endif
#if defined(SETUP_RNG_SEED)
    CONSTANT(SETUP_RNG_SEED),
#endif
#endif
};

size_t c_constant_count(void) {
    return sizeof constants / sizeof *constants;
}
struct c_constant c_constant_at(size_t index) {
    return constants[index];
}
