// watch-image FILE
//
// Looks every half millisecond whether a crash image is loaded, and appends a line to FILE for each time that there was
// none: "gap AT MILLISECONDS", AT in seconds since the machine started.
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    int loaded = open("/sys/kernel/kexec_crash_loaded", O_RDONLY);
    FILE *log = count == 2 ? fopen(arguments[1], "a") : NULL;
    if (loaded < 0 || !log)
        return 2;
    double since = 0;
    for (;; usleep(500)) {
        char value = '1';
        if (pread(loaded, &value, 1, 0) != 1)
            return 1;
        if (value == '0' && since == 0)
            since = now();
        if (value == '1' && since != 0) {
            fprintf(log, "gap %.3f %.1f\n", since, (now() - since) * 1000);
            fflush(log);
            since = 0;
        }
    }
}
