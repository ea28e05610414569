#include "message.h"

#include "shape.h"

#define PREFIX      "swkexec purgatory: "
#define NOT_STARTED ", the new kernel is not started\r\n"

static void put_string(const char *string) {
    while (*string != '\0')
        purgatory_putchar(*string++);
}

static void put_hex_digit(unsigned value) {
    purgatory_putchar((char)(value < 10 ? '0' + value : 'a' + value - 10));
}

static void put_digest(const uint8_t digest[SHA256_DIGEST_SIZE]) {
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
        put_hex_digit(digest[i] >> 4);
        put_hex_digit(digest[i] & 15);
    }
}

// "0x" and the digits without leading zeroes.
static void put_address(uint64_t address) {
    int shift = 60;

    put_string("0x");
    while (shift > 0 && address >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        put_hex_digit(address >> shift & 15);
}

void purgatory_report_mismatch(void) {
    put_string(PREFIX "SHA-256 mismatch" NOT_STARTED);
}

static void put_segment(const struct purgatory_segment *segment) {
    put_string(purgatory_role_name(segment));
    put_string(" at ");
    put_address(segment->start);
}

void purgatory_report_changed(const struct purgatory_segment *segment) {
    put_string("  changed: ");
    put_segment(segment);
    put_string("\r\n");
}

void purgatory_report_none_changed(void) {
    put_string("  changed: no segment, but what purgatory knows of them\r\n");
}

void purgatory_report_digests(const uint8_t expected[SHA256_DIGEST_SIZE], const uint8_t computed[SHA256_DIGEST_SIZE]) {
    put_string("  expected ");
    put_digest(expected);
    put_string("\r\n  computed ");
    put_digest(computed);
    put_string("\r\n");
}

void purgatory_report_shape(const struct purgatory_segment *segment, const char *fault) {
    put_string(PREFIX);
    put_segment(segment);
    put_string(": ");
    put_string(fault);
    put_string(NOT_STARTED);
}

void purgatory_report_exception(uint64_t number, uint64_t syndrome, uint64_t instruction, uint64_t data) {
    put_string(PREFIX "exception ");
    put_address(number);
    put_string(" with syndrome ");
    put_address(syndrome);
    put_string(", instruction at ");
    put_address(instruction);
    put_string(", data at ");
    put_address(data);
    put_string(NOT_STARTED);
}

void purgatory_report_end(bool resetting) {
    if (resetting)
        put_string(PREFIX "resetting the machine\r\n");
    else
        put_string(PREFIX "halted\r\n");
}
