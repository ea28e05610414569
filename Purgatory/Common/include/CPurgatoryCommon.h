// The architecture-independent part of purgatory. It is compiled twice: into
// the purgatory image, and for the build machine, where the unit tests run it.

#ifndef CPURGATORYCOMMON_H
#define CPURGATORYCOMMON_H

#include "checks.h"
#include "message.h"
#include "parameters.h"
#include "shape.h"
#include "verify.h"

#endif
