// The VGA of a PC: its text screen as a console, and the way back to text mode.

#ifndef PURGATORY_VGA_H
#define PURGATORY_VGA_H

/// Puts a character on the text screen, from the last line on upwards. Nothing
/// happens unless purgatory was told of this console.
void vga_putchar(char character);

/// Programs text mode 3, 80 by 25 characters in 16 colours, whatever mode a
/// standard VGA is in. Palette and font stay as they are. Nothing happens unless
/// purgatory was told to.
void vga_reset(void);

#endif
