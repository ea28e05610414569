#include "text.h"

#include "system.h"

#define SHOWN_LIMIT 80

struct bytes text_bytes(const struct text *text) {
    return (struct bytes){(const uint8_t *)text->bytes, text->used};
}

bool text_flush(struct text *text) {
    for (size_t done = 0; done < text->used && !text->failed;) {
        long count = system_write(text->descriptor, text->bytes + done, text->used - done);
        if (count == -EINTR)
            continue;
        text->failed = count <= 0;
        done += count > 0 ? (size_t)count : 0;
    }
    text->used = 0;
    return !text->failed;
}

static void put(struct text *text, char character) {
    if (text->used == text->capacity && text->descriptor >= 0)
        text_flush(text);
    if (text->used < text->capacity)
        text->bytes[text->used++] = character;
}

void put_bytes(struct text *text, struct bytes bytes) {
    for (size_t i = 0; i < bytes.size; i++)
        put(text, (char)bytes.start[i]);
}

void put_string(struct text *text, const char *string) {
    put_bytes(text, bytes_of(string));
}

const char *put_up_to_gap(struct text *text, const char *sentence) {
    while (*sentence != '\0' && *sentence != '%')
        put(text, *sentence++);
    return *sentence == '%' ? sentence + 1 : sentence;
}

void put_blanks(struct text *text, size_t count) {
    while (count-- != 0)
        put(text, ' ');
}

static void put_digit(struct text *text, unsigned value) {
    put(text, (char)(value < 10 ? '0' + value : 'a' + value - 10));
}

static void put_number(struct text *text, uint64_t number, unsigned base) {
    unsigned digits[64], count = 0;

    do {
        digits[count++] = number % base;
        number /= base;
    } while (number != 0);
    while (count != 0)
        put_digit(text, digits[--count]);
}

void put_decimal(struct text *text, uint64_t number) {
    put_number(text, number, 10);
}

void put_address(struct text *text, uint64_t number) {
    put_string(text, "0x");
    put_number(text, number, 16);
}

void put_hexadecimal(struct text *text, struct bytes bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        put_digit(text, bytes.start[i] >> 4);
        put_digit(text, bytes.start[i] & 15);
    }
}

/// Takes the UTF-8 sequence off the start (Unicode, table 3-7). False where it
/// is none, or breaks off.
static bool take_character(struct bytes *rest, struct bytes *character) {
    const uint8_t first = rest->start[0];
    const bool is_lead = first >= 0xc2 && first <= 0xf4;
    const size_t wanted = !is_lead ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

    *character = (struct bytes){rest->start, 1};
    while (character->size < wanted && character->size < rest->size && rest->start[character->size] >= lowest &&
           rest->start[character->size] <= highest) {
        character->size++;
        lowest = 0x80;
        highest = 0xbf;
    }
    rest->start += character->size;
    rest->size -= character->size;
    return is_lead ? character->size == wanted : first < 0x80;
}

void put_printable(struct text *text, struct bytes bytes) {
    while (bytes.size != 0) {
        struct bytes character;
        const bool is_whole = take_character(&bytes, &character);
        const bool is_c1 = is_whole && character.start[0] == 0xc2 && character.start[1] < 0xa0;
        const uint8_t last = character.start[character.size - 1];

        if (!is_whole) {
            put_string(text, "\xef\xbf\xbd");
        } else if (is_c1 || last < 0x20 || last == 0x7f) {
            put_string(text, "\\u{");
            put_number(text, last, 16);
            put_string(text, "}");
        } else {
            put_bytes(text, character);
        }
    }
}

static bool is_text(struct bytes bytes) {
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.start[i] != '\n' && (bytes.start[i] < 0x20 || bytes.start[i] > 0x7e))
            return false;
    return true;
}

void put_shown(struct text *text, struct bytes bytes) {
    const bool is_long = bytes.size > SHOWN_LIMIT;

    if (is_long)
        bytes.size = SHOWN_LIMIT;
    else if (bytes.size != 0 && bytes.start[bytes.size - 1] == '\n')
        bytes.size--;

    if (bytes.size == 0) {
        put_string(text, "empty");
    } else if (is_text(bytes)) {
        put_string(text, "'");
        for (size_t i = 0; i < bytes.size; i++)
            if (bytes.start[i] == '\n')
                put_string(text, "; ");
            else
                put(text, (char)bytes.start[i]);
        put_string(text, "'");
    } else {
        put_string(text, "0x");
        put_hexadecimal(text, bytes);
    }
    if (is_long)
        put_string(text, "...");
}
