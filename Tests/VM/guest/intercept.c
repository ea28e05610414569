// intercept --log FILE [--flip SEGMENT:OFFSET] [--set SEGMENT:OFFSET:BYTE] [--move SEGMENT:BYTES]
// [--size SEGMENT:BYTES] [--or-flags N] -- COMMAND...
//
// Runs a loader under ptrace and stops it at its kexec_load(2), where every segment lies ready in its memory and the
// digest is made. What the kernel will copy can be changed there; the log tells, a fact a line, what was about to be
// loaded:
//   call FLAGS ENTRY
//   segment NUMBER START LOADED-SIZE MEMORY-SIZE elf|other
//   rss-anon KIBIBYTES          private memory of the loader at that moment
//   changed SEGMENT OFFSET OLD NEW
//   moved SEGMENT OLD-START NEW-START
//   resized SEGMENT OLD-MEMORY-SIZE NEW-MEMORY-SIZE
//
// --flip inverts a byte, --set writes one (hexadecimal), --move changes where the kernel is told to put the segment,
// --size how much memory it is told that the segment takes.
// SEGMENT is a number, "elf" (elfcorehdr: the segment that begins with the ELF magic, which is how the kernel finds
// it), "largest" (the one with the most loaded bytes: the kernel) or "record" (purgatory, by the magic number of its
// record, from which OFFSET then counts). OFFSET may be negative: from the end of the loaded bytes.
//
// Bytes are written through /proc/PID/mem, which a tracer may also do where the mapping is read-only: the page is
// copied first.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAXIMUM_SEGMENTS = 16, MAXIMUM_CHANGES = 8, REGISTERS = 64 };

/* Classic BPF and seccomp, as in linux/filter.h and linux/seccomp.h, which not every C library comes with. */
enum { LOAD_WORD = 0x20, JUMP_IF_EQUAL = 0x15, RETURN = 0x06 };
enum { FILTER_MODE = 2, ALLOW = 0x7fff0000, TRACE = 0x7ff00000 };
struct instruction {
    unsigned short code;
    unsigned char skip_if_true, skip_if_false;
    unsigned operand;
};
struct program {
    unsigned short length;
    struct instruction *instructions;
};

/* Which word of the general registers, as ptrace shows them (asm/ptrace.h), is the fourth argument of a system call. */
#if defined __x86_64__
enum { FOURTH_ARGUMENT = 7 }; // r10
#elif defined __powerpc64__
enum { FOURTH_ARGUMENT = 6 }; // r6
#elif defined __aarch64__
enum { FOURTH_ARGUMENT = 3 }; // x3
#elif defined __riscv
enum { FOURTH_ARGUMENT = 13 }; // a3, behind pc and nine others
#endif

struct segment { // struct kexec_segment of the kernel
    unsigned long buffer, loaded_size, start, memory_size;
};

struct change {
    enum { FLIP, SET, MOVE, SIZE } kind;
    char segment[16];
    long offset;   // of MOVE: the distance; of SIZE: the size
    unsigned byte; // of SET
};

static struct change changes[MAXIMUM_CHANGES];
static int change_count;
static unsigned long more_flags;
static FILE *record;

static void fail(const char *what) {
    fprintf(stderr, "intercept: %s: %s\n", what, strerror(errno));
    exit(125);
}

static int is_elf(int memory, const struct segment *segment) {
    char magic[SELFMAG];
    return pread(memory, magic, SELFMAG, segment->buffer) == SELFMAG && !memcmp(magic, ELFMAG, SELFMAG);
}

/* Where in a segment the record begins that purgatory checks by; -1 if it has none. */
static long record_in(int memory, const struct segment *segment) {
    static const char magic[] = "swkexec-image\r\n\x1a";
    static char bytes[1 << 16];
    size_t size = segment->loaded_size < sizeof bytes ? segment->loaded_size : sizeof bytes;
    if (pread(memory, bytes, size, segment->buffer) != (ssize_t)size)
        return -1;
    char *found = memmem(bytes, size, magic, sizeof magic - 1);
    return found ? found - bytes : -1;
}

static unsigned long index_of(const char *name, int memory, const struct segment *segments, unsigned long count) {
    unsigned long found = count;
    if (!strcmp(name, "elf")) {
        for (unsigned long i = 0; i < count; i++)
            if (is_elf(memory, &segments[i]))
                found = i;
    } else if (!strcmp(name, "largest")) {
        for (unsigned long i = 0; i < count; i++)
            if (found == count || segments[i].loaded_size > segments[found].loaded_size)
                found = i;
    } else if (!strcmp(name, "record")) {
        for (unsigned long i = 0; i < count; i++)
            if (record_in(memory, &segments[i]) >= 0)
                found = i;
    } else {
        found = strtoul(name, NULL, 0);
    }
    if (found >= count) {
        errno = EINVAL;
        fail(name);
    }
    return found;
}

static void move(const struct change *change, int memory, unsigned long number, struct segment segment,
                 unsigned long table) {
    unsigned long start = segment.start + change->offset;
    fprintf(record, "moved %lu %#lx %#lx\n", number, segment.start, start);
    segment.start = start;
    if (pwrite(memory, &segment, sizeof segment, table + number * sizeof segment) != sizeof segment)
        fail("move");
}

static void resize(const struct change *change, int memory, unsigned long number, struct segment segment,
                   unsigned long table) {
    fprintf(record, "resized %lu %#lx %#lx\n", number, segment.memory_size, change->offset);
    segment.memory_size = change->offset;
    if (pwrite(memory, &segment, sizeof segment, table + number * sizeof segment) != sizeof segment)
        fail("size");
}

static void change_byte(const struct change *change, int memory, unsigned long number, const struct segment *segment) {
    unsigned long offset = change->offset < 0 ? segment->loaded_size + change->offset : (unsigned long)change->offset;
    if (!strcmp(change->segment, "record"))
        offset += record_in(memory, segment);
    unsigned char old = 0, new;
    if (offset >= segment->loaded_size || pread(memory, &old, 1, segment->buffer + offset) != 1)
        fail("offset");
    new = change->kind == FLIP ? old ^ 0xff : change->byte;
    if (pwrite(memory, &new, 1, segment->buffer + offset) != 1)
        fail("write");
    fprintf(record, "changed %lu %#lx %02x %02x\n", number, offset, old, new);
}

static void record_private_memory(pid_t loader) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", loader);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "RssAnon:", 8))
            fprintf(record, "rss-anon %ld\n", strtol(line + 8, NULL, 10));
    if (status)
        fclose(status);
}

static void set_flags(pid_t loader, unsigned long flags) {
    unsigned long registers[REGISTERS];
    struct iovec area = {registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, loader, NT_PRSTATUS, &area))
        fail("registers");
    registers[FOURTH_ARGUMENT] = flags;
    if (ptrace(PTRACE_SETREGSET, loader, NT_PRSTATUS, &area))
        fail("registers");
}

/* kexec_load(entry, segment count, segments, flags) */
static void at_kexec_load(pid_t loader, const struct __ptrace_syscall_info *call) {
    struct segment segments[MAXIMUM_SEGMENTS];
    const uint64_t *arguments = call->seccomp.args;
    unsigned long entry = arguments[0], count = arguments[1], table = arguments[2], flags = arguments[3];
    char path[64];
    if (count == 0 || count > MAXIMUM_SEGMENTS) // zero segments: an unload
        return;
    record_private_memory(loader);
    snprintf(path, sizeof path, "/proc/%d/mem", loader);
    int memory = open(path, O_RDWR);
    size_t size = count * sizeof *segments;
    if (memory < 0 || pread(memory, segments, size, table) != (ssize_t)size)
        fail(path);
    for (unsigned long i = 0; i < count; i++)
        fprintf(record, "segment %lu %#lx %#lx %#lx %s\n", i, segments[i].start, segments[i].loaded_size,
                segments[i].memory_size, is_elf(memory, &segments[i]) ? "elf" : "other");
    for (int i = 0; i < change_count; i++) {
        unsigned long number = index_of(changes[i].segment, memory, segments, count);
        if (changes[i].kind == MOVE)
            move(&changes[i], memory, number, segments[number], table);
        else if (changes[i].kind == SIZE)
            resize(&changes[i], memory, number, segments[number], table);
        else
            change_byte(&changes[i], memory, number, &segments[number]);
    }
    close(memory);
    if (more_flags)
        set_flags(loader, flags | more_flags);
    fprintf(record, "call %#lx %#lx\n", flags | more_flags, entry);
    fflush(record);
}

/* In the loader's process: it and its children stop at kexec_load(2), and at nothing else, which would cost time. */
static void stop_at_kexec_load(void) {
    struct instruction instructions[] = {
        {LOAD_WORD, 0, 0, 0}, // seccomp_data.nr
        {JUMP_IF_EQUAL, 0, 1, SYS_kexec_load},
        {RETURN, 0, 0, TRACE},
        {RETURN, 0, 0, ALLOW},
    };
    struct program filter = {sizeof instructions / sizeof *instructions, instructions};
    if (prctl(PR_SET_SECCOMP, FILTER_MODE, &filter))
        fail("seccomp");
}

static int trace(pid_t loader) {
    int status, result = 125;
    waitpid(loader, &status, 0);
    ptrace(PTRACE_SETOPTIONS, loader, 0,
           PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
               PTRACE_O_TRACEEXEC);
    ptrace(PTRACE_CONT, loader, 0, 0);
    for (pid_t stopped; (stopped = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (stopped == loader)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
            struct __ptrace_syscall_info call;
            if (ptrace(PTRACE_GET_SYSCALL_INFO, stopped, sizeof call, &call) < 0)
                fail("system call");
            at_kexec_load(stopped, &call);
        }
        int signal = WSTOPSIG(status);
        ptrace(PTRACE_CONT, stopped, 0, signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
    }
    return result;
}

static void add_change(const char *text, int kind) {
    if (change_count == MAXIMUM_CHANGES) {
        errno = E2BIG;
        fail(text);
    }
    struct change *change = &changes[change_count++];
    change->kind = kind;
    int fields = sscanf(text, "%15[^:]:%li:%x", change->segment, &change->offset, &change->byte);
    if (fields != (kind == SET ? 3 : 2)) {
        errno = EINVAL;
        fail(text);
    }
}

int main(int count, char **arguments) {
    int at = 1;
    for (; at + 1 < count && strcmp(arguments[at], "--"); at += 2) {
        char *value = arguments[at + 1];
        if (!strcmp(arguments[at], "--log"))
            record = fopen(value, "we"); // "e": the loader does not inherit it
        else if (!strcmp(arguments[at], "--flip"))
            add_change(value, FLIP);
        else if (!strcmp(arguments[at], "--set"))
            add_change(value, SET);
        else if (!strcmp(arguments[at], "--move"))
            add_change(value, MOVE);
        else if (!strcmp(arguments[at], "--size"))
            add_change(value, SIZE);
        else if (!strcmp(arguments[at], "--or-flags"))
            more_flags = strtoul(value, NULL, 0);
    }
    if (!record || at + 1 >= count) {
        fprintf(stderr, "usage: intercept --log FILE [CHANGE...] -- COMMAND...\n");
        return 2;
    }
    pid_t loader = fork();
    if (loader == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        stop_at_kexec_load();
        execvp(arguments[at + 1], arguments + at + 1);
        perror(arguments[at + 1]);
        _exit(127);
    }
    return trace(loader);
}
