#define _GNU_SOURCE
#include "CLinux.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static struct option *table;
static size_t count;

void clinux_options_begin(void) {
    for (size_t i = 0; i < count; i++)
        free((char *)table[i].name);
    count = 0;
    optind = 0; /* glibc: forget all of the last command line, also in the middle of "-abc" */
}

void clinux_options_add(const char *name, int takes_argument, int value) {
    /* One more than is used: getopt_long's table ends in zeros. */
    struct option *larger = realloc(table, (count + 2) * sizeof *table);
    char *copy = strdup(name);
    if (!larger || !copy)
        abort();
    table = larger;
    table[count++] = (struct option){copy, takes_argument ? required_argument : no_argument, NULL, value};
    table[count] = (struct option){0};
}

int clinux_options_next(int argc, char *const *argv, const char *short_options, const char **argument,
                        const char **offender, int *letter) {
    opterr = 0;
    int value = getopt_long(argc, argv, short_options, table, NULL);
    *argument = optarg;
    *offender = optind > 0 && optind <= argc ? argv[optind - 1] : NULL;
    *letter = optopt;
    return value;
}

int clinux_options_rest(void) {
    return optind;
}
