#include "verify.h"

#include "physical_memory.h"

bool purgatory_verify(const struct purgatory_region regions[PURGATORY_SEGMENT_LIMIT],
                      const uint8_t expected[SHA256_DIGEST_SIZE], enum sha256_implementation implementation,
                      uint8_t computed[SHA256_DIGEST_SIZE]) {
    struct sha256_context context;

    sha256_init(&context, implementation);
    for (int i = 0; i < PURGATORY_SEGMENT_LIMIT; i++) {
        if (regions[i].length != 0)
            sha256_update(&context, physical_memory(regions[i].start), regions[i].length);
    }
    sha256_final(&context, computed);

    // Every byte is looked at and one value decides.
    uint8_t difference = 0;
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++)
        difference |= expected[i] ^ computed[i];
    return difference == 0;
}
