#include "checks.h"

#include <stddef.h>

#include "message.h"
#include "shape.h"
#include "verify.h"

bool purgatory_checks_pass(const struct purgatory_shape shapes[PURGATORY_SEGMENT_LIMIT],
                           const struct purgatory_region regions[PURGATORY_SEGMENT_LIMIT],
                           const uint8_t digest[SHA256_DIGEST_SIZE], enum sha256_implementation implementation) {
    bool pass = true;
    uint8_t computed[SHA256_DIGEST_SIZE];

    // Shapes first: they take microseconds, so what is wrong with them is on
    // the console before the hash begins, which takes up to a second.
    for (int i = 0; i < PURGATORY_SEGMENT_LIMIT; i++) {
        const char *fault = purgatory_shape_fault(&shapes[i]);
        if (fault != NULL) {
            purgatory_report_shape(&shapes[i], fault);
            pass = false;
        }
    }

    // Even after a bad shape: that both are broken says more than one does.
    if (!purgatory_verify(regions, digest, implementation, computed)) {
        purgatory_report_digest(digest, computed);
        pass = false;
    }
    return pass;
}
