// What the loader patches into the x86_64 image besides the common parameters.

#ifndef PURGATORY_PARAMETERS_X86_64_H
#define PURGATORY_PARAMETERS_X86_64_H

#include <stdint.h>

#include "parameters.h"

#pragma GCC visibility push(hidden)

/// First I/O port of a 16550 UART; 0 = no console.
extern uint32_t purgatory_serial_port;
/// 115200 / baud rate; 0 = leave the UART as it is set.
extern uint32_t purgatory_serial_divisor;
/// Physical address of the kernel's 64-bit entry point.
extern uint64_t purgatory_kernel_entry;
/// Physical address of boot_params, the "zero page".
extern uint64_t purgatory_boot_params;

#pragma GCC visibility pop

#endif
