#include "lines.h"

static bool is_blank(uint8_t byte) {
    return byte <= 0x20;
}

bool next_line(struct bytes *rest, struct bytes selector, struct bytes *line) {
    while (rest->size != 0) {
        size_t length = 0;
        while (length < rest->size && rest->start[length] != '\n')
            length++;
        *line = (struct bytes){rest->start, length};
        const size_t taken = length < rest->size ? length + 1 : length;
        rest->start += taken;
        rest->size -= taken;

        while (line->size != 0 && is_blank(line->start[0])) {
            line->start++;
            line->size--;
        }
        while (line->size != 0 && is_blank(line->start[line->size - 1]))
            line->size--;
        if (line->size != 0 && bytes_hold(*line, selector))
            return true;
    }
    return false;
}
