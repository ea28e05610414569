#include "checks.h"

#include <stddef.h>

#include "message.h"
#include "shape.h"
#include "verify.h"

// Which segments changed, by their checksums, and then both digests.
static void report_mismatch(const struct purgatory_record *record, const uint8_t computed[SHA256_DIGEST_SIZE]) {
    bool is_named = false;

    purgatory_report_mismatch();
    for (int i = 0; i < PURGATORY_SEGMENT_LIMIT; i++) {
        if (purgatory_segment_changed(&record->segments[i])) {
            purgatory_report_changed(&record->segments[i]);
            is_named = true;
        }
    }
    if (!is_named)
        purgatory_report_none_changed();
    purgatory_report_digests(record->digest, computed);
}

bool purgatory_checks_pass(const struct purgatory_record *record, enum sha256_implementation implementation) {
    bool pass = true;
    uint8_t computed[SHA256_DIGEST_SIZE];

    // Shapes first: they take microseconds, so what is wrong with them is on
    // the console before the hash begins, which takes up to a second.
    for (int i = 0; i < PURGATORY_SEGMENT_LIMIT; i++) {
        const char *fault = purgatory_shape_fault(&record->segments[i], record->machine);
        if (fault != NULL) {
            purgatory_report_shape(&record->segments[i], fault);
            pass = false;
        }
    }

    // Even after a bad shape: that both are broken says more than one does.
    if (!purgatory_verify(record, implementation, computed)) {
        report_mismatch(record, computed);
        pass = false;
    }
    return pass;
}
