// graphics-mode: puts the VGA into mode 13h, 320 by 200 pixels in 256 colours. There is no text screen in it then: the
// text's memory answers nobody.
//
// The values are the IBM VGA's own for that mode.
#if defined(__x86_64__)

#include <stdint.h>
#include <stdio.h>
#include <sys/io.h>

static const uint8_t sequencer[] = {0x03, 0x01, 0x0f, 0x00, 0x0e};
static const uint8_t controller[] = {0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0x00, 0x41, 0x00, 0x00, 0x00,
                                     0x00, 0x00, 0x00, 0x9c, 0x0e, 0x8f, 0x28, 0x40, 0x96, 0xb9, 0xa3, 0xff};
static const uint8_t graphics[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x40, 0x05, 0x0f, 0xff};
static const uint8_t attribute[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
                                    0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x41, 0x00, 0x0f, 0x00, 0x00};

static void write_all(uint16_t port, const uint8_t *values, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        outb((uint8_t)i, port);
        outb(values[i], port + 1);
    }
}

int main(void) {
    if (iopl(3) != 0) {
        perror("iopl");
        return 1;
    }
    outb(0x63, 0x3c2);
    write_all(0x3c4, sequencer, sizeof sequencer);
    outb(0x11, 0x3d4);
    outb(inb(0x3d5) & 0x7f, 0x3d5); // the first eight registers can be written
    write_all(0x3d4, controller, sizeof controller);
    write_all(0x3ce, graphics, sizeof graphics);
    for (unsigned i = 0; i < sizeof attribute; i++) {
        inb(0x3da);
        outb((uint8_t)i, 0x3c0);
        outb(attribute[i], 0x3c0);
    }
    inb(0x3da);
    outb(0x20, 0x3c0);
    return 0;
}

#else

// Only a PC has a VGA.
int main(void) {
    return 1;
}

#endif
