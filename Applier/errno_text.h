#ifndef APPLIER_ERRNO_TEXT_H
#define APPLIER_ERRNO_TEXT_H

#include "text.h"

/// An errno's name, number and meaning: "ENOENT (2), no such file".
void put_errno(struct text *text, long number);

/// What it means as an answer of kexec_load(2), and what to do.
void put_kexec_advice(struct text *text, long number);

#endif
