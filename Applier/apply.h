#ifndef APPLIER_APPLY_H
#define APPLIER_APPLY_H

#include <stdbool.h>

/// What the command line says.
struct options {
    const char *file, *root;
    bool prints, unloads, reboot, crash, force;
};

/// Loads the plan, or prints it. Gives the program's exit status.
int apply(const struct options *options);

/// Releases the loaded image. Gives the program's exit status.
int unload(bool crash);

#endif
