#include "complaint.h"

static char complaint_buffer[8192];
static struct text complaint = {.bytes = complaint_buffer, .capacity = sizeof complaint_buffer - 1, .descriptor = -1};

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
    complaint.bytes[complaint.used++] = '\n';

    struct text out = complaint;
    out.descriptor = 2;
    text_flush(&out);
    return 1;
}
