#ifndef APPLIER_FILE_H
#define APPLIER_FILE_H

#include <stddef.h>
#include <stdint.h>

/// Reads until the end of the file or of the buffer. The bytes read, or a
/// negative errno.
long read_up_to(long descriptor, uint8_t *buffer, size_t size);

/// The same for a file by its name.
long read_file(const char *path, uint8_t *buffer, size_t size);

/// Memory for a file of that size, or a null pointer.
uint8_t *allocate(size_t size);

#endif
