// An ELF file that is no Linux kernel. It tells on the first serial port how it was called, a line a fact:
//
//     program called 1 with 0x7fffb000
//     program notes size 52 records 2 sum 0xffff
//     program note 4 first words
//     program end
//
// It counts its calls in memory of its own. Then it returns or, compiled with RESETS, resets the machine.
//
// The structures are read by their offsets, written down here once more.
#include <stdint.h>

static void out(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void put(char c) {
    while (!(in(0x3f8 + 5) & 0x20)) {
    }
    out(0x3f8, (uint8_t)c);
}

static void say(const char *text) {
    while (*text)
        put(*text++);
}

static void say_hex(uintptr_t value) {
    say("0x");
    int shift = sizeof value * 8 - 4;
    while (shift > 0 && !(value >> shift))
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        put("0123456789abcdef"[(value >> shift) & 15]);
}

static void say_number(uint32_t value) {
    if (value >= 10)
        say_number(value / 10);
    put((char)('0' + value % 10));
}

static uint16_t half(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}
static uint32_t word(const uint8_t *at) {
    return half(at) | (uint32_t)half(at + 2) << 16;
}

// All 16-bit words together as one's complement numbers: 0xffff when the checksum among them is right.
static uint32_t sum(const uint8_t *bytes, uint32_t size) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < size; i += 2) {
        total += i + 1 < size ? half(bytes + i) : bytes[i];
        total = (total & 0xffff) + (total >> 16);
    }
    return total;
}

static void say_notes(const uint8_t *header) {
    const uint32_t size = word(header + 4), records = half(header + 10);
    say("program notes size ");
    say_number(size);
    say(" records ");
    say_number(records);
    say(" sum ");
    say_hex(sum(header, size));
    say("\r\n");
    const uint8_t *note = header + 12;
    for (uint32_t i = 0; i < records && note < header + size; i++) {
        say("program note ");
        say_number(word(note + 8));
        put(' ');
        say((const char *)(note + 12));
        say("\r\n");
        note += 12 + ((word(note) + 3) & ~3u) + ((word(note + 4) + 3) & ~3u);
    }
}

static uint32_t calls;

void _start(const uint8_t *argument) {
    say("program called ");
    say_number(++calls);
    say(" with ");
    say_hex((uintptr_t)argument);
    say("\r\n");
    if (argument && word(argument) == 0x0e1fb007)
        say_notes(argument);
    say("program end\r\n");
    while (!(in(0x3f8 + 5) & 0x40)) {
    }
#ifdef RESETS
    out(0xcf9, 0x02);
    out(0xcf9, 0x06);
    for (;;)
        __asm__ volatile("hlt");
#endif
}
