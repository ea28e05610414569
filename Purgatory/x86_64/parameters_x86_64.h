// What the loader patches into the x86_64 image besides the common parameters.

#ifndef PURGATORY_PARAMETERS_X86_64_H
#define PURGATORY_PARAMETERS_X86_64_H

#include <stdint.h>

#include "parameters.h"

/// How the kernel is entered. In every mode interrupts are off.
enum purgatory_entry_mode {
    /// 64-bit mode, memory mapped one to one, RSI = purgatory_boot_params.
    PURGATORY_ENTRY_64 = 0,
    /// 32-bit protected mode, paging off, flat segments 0x10 (code) and 0x18
    /// (data), ESI = purgatory_boot_params, EAX and EBX as told, EBP, EDI, ECX
    /// and EDX zero; on the stack a return address of zero and
    /// purgatory_argument. Purgatory itself and all addresses lie below 4 GiB.
    PURGATORY_ENTRY_32 = 1,
    /// Real mode, all data segments and the stack's = purgatory_real_segment.
    /// Purgatory itself and all addresses lie below 1 MiB.
    PURGATORY_ENTRY_REAL = 2,
    /// 64-bit mode, memory mapped one to one, called like a function of C with
    /// RDI = purgatory_argument. When it returns, so does purgatory.
    PURGATORY_ENTRY_CALL = 3,
    /// Back into the kernel that started this one and kept its context;
    /// purgatory_kernel_entry is where that kernel wants to be entered.
    PURGATORY_ENTRY_JUMP_BACK = 4,
};

#pragma GCC visibility push(hidden)

/// First I/O port of a 16550 UART; 0 = none.
extern uint32_t purgatory_serial_port;
/// 115200 / baud rate; 0 = leave the UART as it is set.
extern uint32_t purgatory_serial_divisor;
/// Not 0: messages also go to the VGA's text screen.
extern uint32_t purgatory_console_vga;
/// Not 0: the VGA is put into text mode first.
extern uint32_t purgatory_reset_vga;
/// enum purgatory_entry_mode.
extern uint32_t purgatory_entry_mode;
/// Physical address of the kernel's entry point for that mode. For real mode a
/// multiple of 16: it becomes the code segment, and IP is 0.
extern uint64_t purgatory_kernel_entry;
/// Physical address of boot_params, the "zero page". RSI or ESI at the entry;
/// real mode has no use for it.
extern uint64_t purgatory_boot_params;
/// EAX and EBX at a 32-bit entry.
extern uint32_t purgatory_eax;
extern uint32_t purgatory_ebx;
/// RDI for PURGATORY_ENTRY_CALL; on the stack at a 32-bit entry.
extern uint64_t purgatory_argument;
/// Not 0: the old kernel keeps its context (KEXEC_PRESERVE_CONTEXT) and calls
/// purgatory, so that there is a return address on its stack.
extern uint32_t purgatory_is_called;
/// Physical address of the sixteen hexadecimal digits in the new kernel's command
/// line that tell the return address; 0 = none.
extern uint64_t purgatory_way_back_digits;
/// For PURGATORY_ENTRY_JUMP_BACK: physical address of zeroed pages for page
/// tables, one less than page tables have levels.
extern uint64_t purgatory_page_tables;
/// Real mode: DS, ES, FS, GS and SS, in paragraphs; and SP.
extern uint32_t purgatory_real_segment;
extern uint32_t purgatory_real_stack;

#pragma GCC visibility pop

#endif
