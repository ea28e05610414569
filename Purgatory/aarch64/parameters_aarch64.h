// What the loader patches into the aarch64 image besides the common parameters.

#ifndef PURGATORY_PARAMETERS_AARCH64_H
#define PURGATORY_PARAMETERS_AARCH64_H

#include <stdint.h>

#include "parameters.h"

enum purgatory_uart_kind {
    PURGATORY_UART_NONE = 0,
    PURGATORY_UART_PL011 = 1,
    /// Registers of a byte each, four bytes apart.
    PURGATORY_UART_8250_MMIO32 = 2,
    /// Registers of a byte each, one byte apart.
    PURGATORY_UART_8250_MMIO = 3,
};

enum purgatory_psci {
    PURGATORY_PSCI_NONE = 0,
    PURGATORY_PSCI_HVC = 1,
    PURGATORY_PSCI_SMC = 2,
};

#pragma GCC visibility push(hidden)

/// Physical address of the new kernel's first instruction.
extern uint64_t purgatory_kernel_entry;
/// Physical address of the flattened device tree.
extern uint64_t purgatory_fdt;
/// 1: MMU and caches are on while the digest is made. Every 2 MiB that a region
/// or purgatory itself lies in is then RAM from end to end.
extern uint32_t purgatory_caches;
/// enum purgatory_uart_kind, and where its registers are.
extern uint32_t purgatory_uart_kind;
extern uint64_t purgatory_uart;
/// enum purgatory_psci: how firmware is called to reset the machine.
extern uint32_t purgatory_psci;

#pragma GCC visibility pop

#endif
