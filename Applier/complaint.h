#ifndef APPLIER_COMPLAINT_H
#define APPLIER_COMPLAINT_H

#include "text.h"

/// Begins the line that tells what went wrong, "swkexec-apply: ", and gives the
/// text to go on with.
struct text *complain(void);

/// The same, followed by the file's name and a colon.
struct text *complain_of(const char *file);

/// Writes the line to standard error, as one line whatever is in it. Gives the
/// program's exit status.
int end_complaint(void);

#endif
