#ifndef CLINUX_H
#define CLINUX_H

/* The few calls of Linux and of the C library that Swift cannot make by itself: variadic ones,
 * ones with macros, ones with callbacks. No policy lives here. */

#include <stddef.h>
#include <stdint.h>

/* One segment for kexec_load(2): struct kexec_segment of <linux/kexec.h>. */
struct clinux_kexec_segment {
    const void *buffer;
    size_t buffer_size;
    uintptr_t memory;
    size_t memory_size;
};

/* kexec_load(2). Returns 0, or -errno. */
int clinux_kexec_load(unsigned long entry, unsigned long segment_count, const struct clinux_kexec_segment *segments,
                      unsigned long flags);

/* kexec_file_load(2). `initrd` is -1 for none; the command line ends in NUL, which its length
 * counts. Returns 0, or -errno; -ENOSYS where the architecture has no such call. */
int clinux_kexec_file_load(int kernel, int initrd, unsigned long command_line_length, const char *command_line,
                           unsigned long flags);

/* sync(2). */
void clinux_sync(void);

/* Takes down every network interface that is up, the loopback aside. Returns 0, or -errno of the
 * first that could not be; the others are taken down all the same. */
int clinux_take_interfaces_down(void);

/* reboot(2) with LINUX_REBOOT_CMD_KEXEC: starts the loaded image. Returns -errno on failure, and 0
 * when the image was loaded with KEXEC_PRESERVE_CONTEXT and has jumped back. */
int clinux_reboot_into_image(void);

/* Replaces this process by `shutdown -r now`, found along PATH as execvp(3) does, else in /sbin.
 * Returns only on failure, with -errno. */
int clinux_run_shutdown(void);

/* fcntl(2) F_DUPFD_CLOEXEC. Returns the descriptor, or -errno. */
int clinux_duplicate(int descriptor);

/* memfd_create(2), close-on-exec and sealable. Returns the descriptor, or -errno. */
int clinux_memfd_create(const char *name);

/* Seals a memfd against writing, growing and shrinking. Returns 0, or -errno. */
int clinux_seal(int descriptor);

/* getrandom(2), the whole buffer. Returns 0, or -errno. */
int clinux_random(void *buffer, size_t size);

/* fstat(2). Returns 0, or -errno. */
struct clinux_file_status {
    int64_t size;
    int is_regular;
    int is_directory;
};
int clinux_file_status(int descriptor, struct clinux_file_status *status);

/* Each entry of a folder but "." and "..", with what it is itself: a symbolic link is neither a file
 * nor a folder. Where `path` is a symbolic link it is followed, or -ENOTDIR. Returns 0, or -errno. */
struct clinux_directory_entry {
    const char *name;
    int is_regular;
    int is_directory;
};
int clinux_list_directory(const char *path, int follow, void *context,
                          void (*each)(void *context, const struct clinux_directory_entry *));

/* mkdir(2). Returns 0 (also when the folder is there already), or -errno. */
int clinux_make_directory(const char *path);

/* A file that shrinks while it is mapped raises SIGBUS at the next access. From this call on that
 * ends in one line (copied) on stderr and that exit status instead of a core dump. */
void clinux_report_bus_error(const char *line, int status);

/* getopt_long(3) with a table that is filled at run time. One command line at a time.
 *
 * clinux_options_begin: forgets the table and starts a new command line.
 * clinux_options_add: a long option (copied); `value` is what clinux_options_next answers for it.
 * clinux_options_next: the next option's value, -1 at the end, '?' for an unknown or ambiguous
 * option, ':' for one whose argument is missing. *argument is the option's argument or NULL; on an
 * error *offender is the word it was found in, and *letter the short option or 0. */
void clinux_options_begin(void);
void clinux_options_add(const char *name, int takes_argument, int value);
int clinux_options_next(int argc, char *const *argv, const char *short_options, const char **argument,
                        const char **offender, int *letter);
/* The first of the words that are no options; they have been moved to the end. */
int clinux_options_rest(void);

/* The machine's architecture as uname(2) tells it. */
const char *clinux_machine(void);

/* Whether the descriptor leads to the journal of systemd, by JOURNAL_STREAM (systemd.exec(5)). */
int clinux_is_journal(int descriptor);

/* Whether a service manager listens, by NOTIFY_SOCKET (sd_notify(3)). */
int clinux_is_service(void);

/* Sends it a message, where it listens. Returns 0, or -errno. */
int clinux_notify(const char *message);

/* CLOCK_MONOTONIC. */
uint64_t clinux_monotonic_milliseconds(void);

/* The width of the terminal on standard output in columns, 0 where it is none. */
int clinux_terminal_width(void);

#endif
