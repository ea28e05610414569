#include "complaint.h"

static char complaint_buffer[8192];
static struct text complaint = {.bytes = complaint_buffer, .capacity = sizeof complaint_buffer, .descriptor = -1};

struct text *complain(void) {
    complaint.used = 0;
    put_string(&complaint, "swkexec-apply: ");
    return &complaint;
}

struct text *complain_of(const char *file) {
    struct text *text = complain();

    put_string(text, file);
    put_string(text, ": ");
    return text;
}

int end_complaint(void) {
    for (size_t i = 0; i < complaint.used; i++)
        if (complaint.bytes[i] == '\n')
            complaint.bytes[i] = ' ';

    static char buffer[1024];
    struct text out = {.bytes = buffer, .capacity = sizeof buffer, .descriptor = 2};
    put_printable(&out, text_bytes(&complaint));
    put_string(&out, "\n");
    text_flush(&out);
    return 1;
}
