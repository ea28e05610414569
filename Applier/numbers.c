#include "numbers.h"

// Takes a decimal number off the front.
static bool take_number(struct bytes *text, uint64_t *number) {
    const size_t size = text->size;

    *number = 0;
    while (text->size != 0 && text->start[0] >= '0' && text->start[0] <= '9') {
        // Beyond HIGHEST_NUMBER it does not matter by how much.
        if (*number <= HIGHEST_NUMBER)
            *number = *number * 10 + (text->start[0] - '0');
        text->start++;
        text->size--;
    }
    return text->size < size;
}

// Takes a byte off the front if it is this one.
static bool take(struct bytes *text, uint8_t byte) {
    if (text->size == 0 || text->start[0] != byte)
        return false;
    text->start++;
    text->size--;
    return true;
}

// Takes "3" or "0-3" off the front.
static bool take_range(struct bytes *text, uint64_t *first, uint64_t *last) {
    if (!take_number(text, first))
        return false;
    *last = *first;
    return !take(text, '-') || take_number(text, last);
}

bool numbers_are_good(struct bytes text) {
    uint64_t first, last, lowest = 0;

    do {
        if (!take_range(&text, &first, &last) || first < lowest || last < first || last > HIGHEST_NUMBER)
            return false;
        lowest = last + 1;
    } while (take(&text, ','));
    return text.size == 0;
}

bool next_number(struct number_list *list, uint64_t *number) {
    if (!list->is_in_range) {
        if (!take_range(&list->rest, &list->next, &list->last))
            return false;
        take(&list->rest, ',');
    }
    *number = list->next++;
    list->is_in_range = list->next <= list->last;
    return true;
}
