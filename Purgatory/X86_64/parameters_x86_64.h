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
    /// and EDX zero. Purgatory itself and all addresses lie below 4 GiB.
    PURGATORY_ENTRY_32 = 1,
    /// Real mode, all data segments and the stack's = purgatory_real_segment.
    /// Purgatory itself and all addresses lie below 1 MiB.
    PURGATORY_ENTRY_REAL = 2,
};

#pragma GCC visibility push(hidden)

/// First I/O port of a 16550 UART; 0 = no console.
extern uint32_t purgatory_serial_port;
/// 115200 / baud rate; 0 = leave the UART as it is set.
extern uint32_t purgatory_serial_divisor;
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
/// Real mode: DS, ES, FS, GS and SS, in paragraphs; and SP.
extern uint32_t purgatory_real_segment;
extern uint32_t purgatory_real_stack;

#pragma GCC visibility pop

#endif
