#include "vga.h"

#include <stdint.h>

#include "parameters_x86_64.h"
#include "port_io.h"
#include "vga_registers.h"

// The IBM VGA's registers in mode 3 with 720 by 400 pixels, in the order of
// their indices.

static const uint8_t miscellaneous = 0x67;

static const uint8_t sequencer[] = {0x03, 0x00, 0x03, 0x00, 0x02};

static const uint8_t controller[] = {
    0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00,
    0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
};

static const uint8_t graphics[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff};

static const uint8_t attribute[] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a,
    0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0x00, 0x0f, 0x08, 0x00,
};

#define SEQUENCER_RESET      0x00
#define SEQUENCER_HALTED     0x01
#define SEQUENCER_RUNNING    0x03
#define VERTICAL_RETRACE_END 0x11
#define CONTROLLER_PROTECTED 0x80
#define PALETTE_SHOWN        0x20

static void write_indexed(uint16_t index_port, uint8_t index, uint8_t value) {
    port_write(index_port, index);
    port_write(index_port + 1, value);
}

// The attribute controller takes index and value through one port in turns;
// reading the status makes the index next.
static void write_attribute(uint8_t index, uint8_t value) {
    (void)port_read(VGA_INPUT_STATUS);
    port_write(VGA_ATTRIBUTE, index);
    port_write(VGA_ATTRIBUTE, value);
}

void vga_reset(void) {
    if (purgatory_reset_vga == 0)
        return;

    // The clock may change only while the sequencer stands.
    write_indexed(VGA_SEQUENCER_INDEX, SEQUENCER_RESET, SEQUENCER_HALTED);
    port_write(VGA_MISCELLANEOUS, miscellaneous);
    for (uint8_t i = 1; i < sizeof sequencer; i++)
        write_indexed(VGA_SEQUENCER_INDEX, i, sequencer[i]);
    write_indexed(VGA_SEQUENCER_INDEX, SEQUENCER_RESET, SEQUENCER_RUNNING);

    // The first eight registers are write-protected by a bit of this one, which
    // the table sets again.
    write_indexed(VGA_CONTROLLER_INDEX, VERTICAL_RETRACE_END,
                  controller[VERTICAL_RETRACE_END] & (uint8_t)~CONTROLLER_PROTECTED);
    for (uint8_t i = 0; i < sizeof controller; i++)
        write_indexed(VGA_CONTROLLER_INDEX, i, controller[i]);
    for (uint8_t i = 0; i < sizeof graphics; i++)
        write_indexed(VGA_GRAPHICS_INDEX, i, graphics[i]);
    for (uint8_t i = 0; i < sizeof attribute; i++)
        write_attribute(i, attribute[i]);

    (void)port_read(VGA_INPUT_STATUS);
    port_write(VGA_ATTRIBUTE, PALETTE_SHOWN);
}
