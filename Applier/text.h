// Text that is put together piece by piece.

#ifndef APPLIER_TEXT_H
#define APPLIER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory.h"

struct text {
    char *bytes;
    size_t capacity, used;
    /// Where a full buffer goes; negative for nowhere: then the text is cut.
    int descriptor;
    /// Not everything could be written.
    bool failed;
};

/// The text so far.
struct bytes text_bytes(const struct text *text);

void put_bytes(struct text *text, struct bytes bytes);
void put_string(struct text *text, const char *string);
void put_blanks(struct text *text, size_t count);
void put_decimal(struct text *text, uint64_t number);
/// With 0x in front and without leading zeroes.
void put_address(struct text *text, uint64_t number);
/// Two digits a byte.
void put_hexadecimal(struct text *text, struct bytes bytes);

/// Puts what stands before the next "%" of a sentence, and gives what stands
/// behind it.
const char *put_up_to_gap(struct text *text, const char *sentence);

/// Text of anybody's in one line on a terminal: control characters are written
/// out, `\u{1b}`, and bytes that are no UTF-8 are U+FFFD.
void put_printable(struct text *text, struct bytes bytes);

/// As people can read them: text in quotes, other bytes in hexadecimal, the
/// start of what is long.
void put_shown(struct text *text, struct bytes bytes);

/// Writes out what is in the buffer. False when not all of the text could be
/// written.
bool text_flush(struct text *text);

#endif
