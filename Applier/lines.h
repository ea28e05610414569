#ifndef APPLIER_LINES_H
#define APPLIER_LINES_H

#include "memory.h"

/// Takes the next line that counts off the front of `rest`: not empty without
/// the blanks around it, and with the selector in it. False at the end.
bool next_line(struct bytes *rest, struct bytes selector, struct bytes *line);

#endif
