// What a multiboot loader has told this kernel, a line a fact, and then a reset of the machine:
//
//     multiboot magic 0x2badb002 info 0x104000
//     multiboot state cr0.pg 0 eflags.if 0 cs 0x10 data good bss zero
//     multiboot command-line NAME ARGS
//     multiboot map 0x0-0x9fbff 1
//     multiboot module 0x105000-0x105fff fnv 0x12345678 NAME ARGS
//     multiboot end
//
// It reads the structures by the offsets of the two specifications, written down here once more.
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

static void say_hex(uint64_t value) {
    say("0x");
    int shift = 60;
    while (shift > 0 && !(value >> shift))
        shift -= 4;
    for (; shift >= 0; shift -= 4) {
        const unsigned digit = (value >> shift) & 15;
        put((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
    }
}

static uint32_t word(uint32_t address) {
    return *(const volatile uint32_t *)address;
}
static uint64_t twin(uint32_t address) {
    return word(address) | (uint64_t)word(address + 4) << 32;
}

static void fact(const char *name) {
    say("multiboot ");
    say(name);
    put(' ');
}
static void end_line(void) {
    say("\r\n");
}

static void say_string(const char *name, uint32_t address) {
    fact(name);
    say((const char *)address);
    end_line();
}

static void say_map_entry(uint32_t address) {
    const uint64_t start = twin(address), size = twin(address + 8);
    fact("map");
    say_hex(start);
    put('-');
    say_hex(start + size - 1);
    put(' ');
    say_hex(word(address + 16));
    end_line();
}

static void say_memory(uint32_t lower, uint32_t upper) {
    fact("memory");
    say_hex(lower);
    put(' ');
    say_hex(upper);
    end_line();
}

// FNV-1a over the module's bytes.
static void say_module(uint32_t start, uint32_t end, const char *text) {
    uint32_t hash = 0x811c9dc5;
    for (uint32_t p = start; p < end; p++)
        hash = (hash ^ *(const volatile uint8_t *)p) * 0x01000193;
    fact("module");
    say_hex(start);
    put('-');
    say_hex((uint64_t)end - 1);
    say(" fnv ");
    say_hex(hash);
    put(' ');
    say(text);
    end_line();
}

#if MULTIBOOT == 1
extern const char low_marker[];

static void information(uint32_t info) {
    const uint32_t flags = word(info);
    fact("flags");
    say_hex(flags);
    end_line();
    if (flags & 1 << 0)
        say_memory(word(info + 4), word(info + 8));
    if (flags & 1 << 2)
        say_string("command-line", word(info + 16));
    if (flags & 1 << 9)
        say_string("loader", word(info + 64));
    if (flags & 1 << 6) {
        const uint32_t start = word(info + 48), end = start + word(info + 44);
        for (uint32_t entry = start; entry < end; entry += word(entry) + 4)
            say_map_entry(entry + 4);
    }
    if (flags & 1 << 3) {
        const uint32_t count = word(info + 20), mods = word(info + 24);
        for (uint32_t i = 0; i < count; i++)
            say_module(word(mods + 16 * i), word(mods + 16 * i + 4), (const char *)word(mods + 16 * i + 8));
    }
    say_string("low", (uint32_t)low_marker);
}
#else
// The copy of the RSDP: an XSDT stands where that of ACPI 2.0 says.
static void say_acpi(uint32_t type, uint32_t rsdp) {
    const uint32_t table = word(type == 15 ? rsdp + 24 : rsdp + 16);
    fact("acpi");
    say_hex(type);
    put(' ');
    for (uint32_t i = 0; i < 4; i++)
        put(*(const volatile char *)(table + i));
    end_line();
}

static void information(uint32_t info) {
    const uint32_t end = info + word(info);
    fact("size");
    say_hex(word(info));
    end_line();
    for (uint32_t tag = info + 8; tag < end && word(tag) != 0; tag += (word(tag + 4) + 7) & ~7u) {
        switch (word(tag)) {
        case 1:
            say_string("command-line", tag + 8);
            break;
        case 2:
            say_string("loader", tag + 8);
            break;
        case 3:
            say_module(word(tag + 8), word(tag + 12), (const char *)(tag + 16));
            break;
        case 4:
            say_memory(word(tag + 8), word(tag + 12));
            break;
        case 6:
            for (uint32_t entry = tag + 16; entry < tag + word(tag + 4); entry += word(tag + 8))
                say_map_entry(entry);
            break;
        case 14:
        case 15:
            say_acpi(word(tag), tag + 8);
            break;
        case 21:
            fact("base");
            say_hex(word(tag + 8));
            end_line();
            break;
        default:
            fact("tag");
            say_hex(word(tag));
            end_line();
        }
    }
}
#endif

static volatile uint32_t in_data = 0x600dda7a;
static volatile uint32_t in_bss[1024];

void main(uint32_t magic, uint32_t info, uint32_t flags, uint32_t start) {
    uint32_t cr0, cs, dirty = 0;
    __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("movl %%cs, %0" : "=r"(cs));
    for (unsigned i = 0; i < 1024; i++)
        dirty |= in_bss[i];
    fact("magic");
    say_hex(magic);
    say(" info ");
    say_hex(info);
    end_line();
    fact("state");
    say("cr0.pg ");
    say(cr0 >> 31 ? "1" : "0");
    say(" cr0.pe ");
    say(cr0 & 1 ? "1" : "0");
    say(" eflags.if ");
    say(flags & 1 << 9 ? "1" : "0");
    say(" cs ");
    say_hex(cs);
    say(in_data == 0x600dda7a ? " data good" : " data bad");
    say(dirty ? " bss dirty" : " bss zero");
    end_line();
    fact("start");
    say_hex(start);
    end_line();
    information(info);
    say("multiboot end\r\n");
    while (!(in(0x3f8 + 5) & 0x40)) {
    }
    out(0xcf9, 2);
    out(0xcf9, 6);
    for (;;)
        __asm__ volatile("cli; hlt");
}
