#include "vga.h"

#include <stdbool.h>
#include <stdint.h>

#include "parameters_x86_64.h"
#include "port_io.h"
#include "vga_registers.h"

// 32 KiB of characters, each with its colours in the upper byte. The screen
// shows a part of it, which wraps.
#define TEXT_MEMORY   0xb8000
#define CELLS         (32 * 1024 / 2)
#define COLUMNS       80
#define ROWS          25
#define GREY_ON_BLACK 0x0700

#define START_ADDRESS_HIGH 0x0c
#define START_ADDRESS_LOW  0x0d

static bool is_open;
static uint16_t first_cell;
static int column;

static volatile uint16_t *cell_at(int row, int in_column) {
    const int cell = (first_cell + row * COLUMNS + in_column) % CELLS;
    return (volatile uint16_t *)(uintptr_t)TEXT_MEMORY + cell;
}

static uint8_t controller_register(uint8_t index) {
    port_write(VGA_CONTROLLER_INDEX, index);
    return port_read(VGA_CONTROLLER_DATA);
}

// What is on the screen moves up, so that the old kernel's last words stay.
static void new_line(void) {
    for (int row = 0; row < ROWS - 1; row++) {
        for (int i = 0; i < COLUMNS; i++)
            *cell_at(row, i) = *cell_at(row + 1, i);
    }
    for (int i = 0; i < COLUMNS; i++)
        *cell_at(ROWS - 1, i) = GREY_ON_BLACK | ' ';
    column = 0;
}

void vga_putchar(char character) {
    if (purgatory_console_vga == 0)
        return;
    if (!is_open) {
        // Where the old kernel has scrolled to.
        first_cell = (uint16_t)(controller_register(START_ADDRESS_HIGH) << 8 | controller_register(START_ADDRESS_LOW));
        is_open = true;
        new_line();
    }
    if (character == '\n' || column == COLUMNS)
        new_line();
    if (character != '\n' && character != '\r')
        *cell_at(ROWS - 1, column++) = GREY_ON_BLACK | (uint8_t)character;
}
