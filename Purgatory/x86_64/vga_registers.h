// I/O ports of a VGA with colour addresses. Most registers stand behind an index.

#ifndef PURGATORY_VGA_REGISTERS_H
#define PURGATORY_VGA_REGISTERS_H

#define VGA_ATTRIBUTE        0x3c0
#define VGA_MISCELLANEOUS    0x3c2
#define VGA_SEQUENCER_INDEX  0x3c4
#define VGA_SEQUENCER_DATA   0x3c5
#define VGA_GRAPHICS_INDEX   0x3ce
#define VGA_GRAPHICS_DATA    0x3cf
#define VGA_CONTROLLER_INDEX 0x3d4
#define VGA_CONTROLLER_DATA  0x3d5
#define VGA_INPUT_STATUS     0x3da

#endif
