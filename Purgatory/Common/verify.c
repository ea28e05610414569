#include "verify.h"

#include "CSegmentChecksum.h"
#include "physical_memory.h"

bool purgatory_verify(const struct purgatory_record *record, enum sha256_implementation implementation,
                      uint8_t computed[SHA256_DIGEST_SIZE]) {
    struct sha256_context context;

    sha256_init(&context, implementation);
    for (int i = 0; i < PURGATORY_SEGMENT_LIMIT; i++) {
        const struct purgatory_segment *segment = &record->segments[i];

        if (segment->check == PURGATORY_CHECK_DIGEST)
            sha256_update(&context, physical_memory(segment->start), segment->loaded_size);
    }
    sha256_final(&context, computed);

    // Every byte is looked at and one value decides.
    uint8_t difference = 0;
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++)
        difference |= record->digest[i] ^ computed[i];
    return difference == 0;
}

bool purgatory_segment_changed(const struct purgatory_segment *segment) {
    struct segment_checksum checksum;

    if (segment->check != PURGATORY_CHECK_DIGEST)
        return false;
    segment_checksum_init(&checksum);
    segment_checksum_update(&checksum, physical_memory(segment->start), segment->loaded_size);
    return segment_checksum_final(&checksum) != segment->checksum;
}
