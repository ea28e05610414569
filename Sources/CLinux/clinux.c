#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/reboot.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

int clinux_kexec_load(unsigned long entry, unsigned long segment_count, const struct clinux_kexec_segment *segments,
                      unsigned long flags) {
    return syscall(SYS_kexec_load, entry, segment_count, segments, flags) == 0 ? 0 : -errno;
}

int clinux_kexec_file_load(int kernel, int initrd, unsigned long command_line_length, const char *command_line,
                           unsigned long flags) {
#ifdef SYS_kexec_file_load
    return syscall(SYS_kexec_file_load, kernel, initrd, command_line_length, command_line, flags) == 0 ? 0 : -errno;
#else
    (void)kernel, (void)initrd, (void)command_line_length, (void)command_line, (void)flags;
    return -ENOSYS;
#endif
}

void clinux_sync(void) {
    sync();
}

int clinux_reboot_into_image(void) {
    return reboot(LINUX_REBOOT_CMD_KEXEC) == 0 ? 0 : -errno;
}

int clinux_run_shutdown(void) {
    char *const arguments[] = {"shutdown", "-r", "now", NULL};
    execvp("shutdown", arguments);
    execv("/sbin/shutdown", arguments);
    return -errno;
}

int clinux_duplicate(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    return copy >= 0 ? copy : -errno;
}

int clinux_memfd_create(const char *name) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return descriptor >= 0 ? descriptor : -errno;
}

int clinux_seal(int descriptor) {
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0 ? 0 : -errno;
}

int clinux_random(void *buffer, size_t size) {
    for (size_t have = 0; have < size;) {
        ssize_t count = getrandom((char *)buffer + have, size - have, 0);
        if (count < 0 && errno != EINTR)
            return -errno;
        if (count > 0)
            have += (size_t)count;
    }
    return 0;
}

int clinux_file_status(int descriptor, struct clinux_file_status *status) {
    struct stat st;
    if (fstat(descriptor, &st) != 0)
        return -errno;
    status->size = st.st_size;
    status->is_regular = S_ISREG(st.st_mode);
    status->is_directory = S_ISDIR(st.st_mode);
    return 0;
}

static mode_t entry_type(int folder, const struct dirent *entry) {
    struct stat st;
    if (entry->d_type != DT_UNKNOWN)
        return DTTOIF(entry->d_type);
    return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode & S_IFMT : 0;
}

int clinux_list_directory(const char *path, int follow, void *context,
                          void (*each)(void *context, const struct clinux_directory_entry *)) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
    if (descriptor < 0)
        return -errno;
    DIR *folder = fdopendir(descriptor);
    if (!folder) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(folder);
        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        mode_t type = entry_type(descriptor, entry);
        each(context, &(struct clinux_directory_entry){entry->d_name, S_ISREG(type), S_ISDIR(type)});
    }
    int error = errno;
    closedir(folder);
    return -error;
}

int clinux_make_directory(const char *path) {
    return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

static const char *bus_error_line;
static int bus_error_status;

static void bus_error(int signal_number) {
    (void)signal_number;
    ssize_t ignored = write(STDERR_FILENO, bus_error_line, bus_error_line ? strlen(bus_error_line) : 0);
    (void)ignored;
    _exit(bus_error_status);
}

void clinux_report_bus_error(const char *line, int status) {
    bus_error_line = strdup(line);
    bus_error_status = status;
    struct sigaction action = {.sa_handler = bus_error};
    sigaction(SIGBUS, &action, NULL);
}

int clinux_terminal_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

const char *clinux_machine(void) {
    static struct utsname names;
    return uname(&names) == 0 ? names.machine : "";
}
