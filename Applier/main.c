// swkexec-apply: loads a plan that swkexec made, on a machine where there is
// perhaps nothing but a kernel. It knows no file formats of kernels and no
// architectures; all of that is in the plan. It needs no C library, and no
// memory but for the plan.

#include "apply.h"
#include "complaint.h"
#include "facts.h"
#include "system.h"

#define VERSION "0.1.0"

static const char help[] =
    "Usage: swkexec-apply [--force] FILE\n"
    "       swkexec-apply -n [--force] [--sysroot=DIR] FILE\n"
    "       swkexec-apply -u [-p | -l]\n"
    "\n"
    "Loads the plan that `swkexec --plan-file=FILE` wrote, if this is the machine and the boot that it was\n"
    "made for.\n"
    "\n"
    "  -n             do everything but load: print the plan, and whether it is for this machine\n"
    "  -u             release the loaded crash image\n"
    "  -p, -l         with -u: the crash image (default), the image for the next reboot\n"
    "  --force        load a plan that was made for another kernel release, too\n"
    "  --sysroot=DIR  with -n: of the machine whose /proc and /sys are recorded in DIR\n"
    "  --version      print the version\n"
    "  -h, --help     print this help\n";

static int usage_error(const char *what, const char *word) {
    struct text *text = complain();

    put_string(text, what);
    put_string(text, word);
    put_string(text, " (see --help)");
    return end_complaint();
}

static int print(const char *string) {
    static char buffer[256];
    struct text out = {.bytes = buffer, .capacity = sizeof buffer, .descriptor = 1};

    put_string(&out, string);
    return text_flush(&out) ? 0 : 1;
}

static bool is(const char *word, const char *option) {
    return bytes_equal(bytes_of(word), bytes_of(option));
}

// The root without slashes at its end, for names that begin with one.
static char *root_without_slash(char *root) {
    size_t size = bytes_of(root).size;

    while (size != 0 && root[size - 1] == '/')
        root[--size] = '\0';
    return root;
}

static int run(int count, char **words) {
    static const char sysroot[] = "--sysroot=";
    struct options options = {.root = ""};
    bool options_ended = false, has_root = false;

    for (int i = 1; i < count; i++) {
        char *word = words[i];
        if (options_ended || word[0] != '-' || word[1] == '\0') {
            if (options.file != NULL)
                return usage_error("one plan at a time, one too many is ", word);
            options.file = word;
        } else if (is(word, "--")) {
            options_ended = true;
        } else if (is(word, "-n")) {
            options.prints = true;
        } else if (is(word, "-u")) {
            options.unloads = true;
        } else if (is(word, "-p")) {
            options.crash = true;
        } else if (is(word, "-l")) {
            options.reboot = true;
        } else if (is(word, "--force")) {
            options.force = true;
        } else if (bytes_begin_with(bytes_of(word), bytes_of(sysroot))) {
            const size_t size = bytes_of(word).size - bytes_of(sysroot).size;
            if (size == 0 || size > ROOT_LIMIT)
                return usage_error("not the name of a folder: ", word);
            options.root = root_without_slash(word + bytes_of(sysroot).size);
            has_root = true;
        } else if (is(word, "--version")) {
            return print("swkexec-apply " VERSION "\n");
        } else if (is(word, "-h") || is(word, "--help")) {
            return print(help);
        } else {
            return usage_error("unknown option ", word);
        }
    }

    if (options.unloads) {
        if (options.file != NULL || options.prints || options.force || has_root)
            return usage_error("-u goes with -p or -l alone", "");
        if (options.crash && options.reboot)
            return usage_error("either -p or -l", "");
        return unload(!options.reboot);
    }
    if (options.crash || options.reboot)
        return usage_error("-p and -l go with -u; a plan knows what it is for", "");
    if (has_root && !options.prints)
        return usage_error("--sysroot needs -n: a plan is loaded on this machine alone", "");
    if (options.file == NULL)
        return usage_error("nothing to do", "");
    return apply(&options);
}

// What the kernel leaves on the stack: the number of words, then their places.
__attribute__((noreturn)) void start(long *stack);

PROGRAM_ENTRY;

void start(long *stack) {
    system_exit(run((int)stack[0], (char **)(stack + 1)));
}
