// The few system calls that this program makes, without a C library. Each
// answers what the kernel does: a negative number is an errno.

#ifndef APPLIER_SYSTEM_H
#define APPLIER_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

// The build says which machine this is: MACHINE, its e_machine, and
// ARCHITECTURE, its name as uname -m prints it (Sources/ELF/Machine.swift).
#if !defined(MACHINE) || !defined(ARCHITECTURE)
#error "purgatory-embed defines MACHINE and ARCHITECTURE"
#endif

// Of its machine each of these says: the numbers of the calls; system_call();
// and PROGRAM_ENTRY, the program's first instructions, which hand the stack as
// the kernel made it to start().
#if defined(__x86_64__)
#include "system_x86_64.h"
#elif defined(__aarch64__)
#include "system_aarch64.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "system_ppc64le.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "system_riscv64.h"
#else
#error "no system calls for this machine"
#endif

// The same on all these machines (include/uapi/asm-generic/fcntl.h, mman.h).
#define AT_FDCWD      (-100)
#define O_RDONLY      0
#define O_NOCTTY      0400
#define O_NONBLOCK    04000
#define O_CLOEXEC     02000000
#define SEEK_SET      0
#define SEEK_END      2
#define PROT_READ     1
#define PROT_WRITE    2
#define MAP_PRIVATE   2
#define MAP_ANONYMOUS 0x20

#define ENOENT  2
#define EINTR   4
#define ENOMEM  12
#define ENOTDIR 20
#define EISDIR  21
#define EINVAL  22
#define EFBIG   27
#define ELOOP   40

// struct kexec_segment (include/uapi/linux/kexec.h).
struct kexec_segment {
    const void *buffer;
    size_t buffer_size;
    uintptr_t memory;
    size_t memory_size;
};

/// Opens for reading and waits for nobody: a pipe without a writer is at its
/// end.
static inline long system_open(const char *path) {
    return system_call(SYS_OPENAT, AT_FDCWD, (long)path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0, 0, 0);
}

/// The same, and follows no link at the end of the path; what it opens with
/// O_DIRECTORY can only be a folder.
static inline long system_open_as(const char *path, long kind) {
    return system_call(SYS_OPENAT, AT_FDCWD, (long)path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | kind, 0, 0, 0);
}

/// Entries of a folder, struct linux_dirent64 (include/linux/dirent.h).
static inline long system_list(long descriptor, void *buffer, size_t size) {
    return system_call(SYS_GETDENTS64, descriptor, (long)buffer, (long)size, 0, 0, 0);
}

static inline long system_read(long descriptor, void *buffer, size_t size) {
    return system_call(SYS_READ, descriptor, (long)buffer, (long)size, 0, 0, 0);
}

static inline long system_write(long descriptor, const void *buffer, size_t size) {
    return system_call(SYS_WRITE, descriptor, (long)buffer, (long)size, 0, 0, 0);
}

static inline long system_seek(long descriptor, long offset, int whence) {
    return system_call(SYS_LSEEK, descriptor, offset, whence, 0, 0, 0);
}

static inline void system_close(long descriptor) {
    system_call(SYS_CLOSE, descriptor, 0, 0, 0, 0, 0);
}

/// Fresh memory, zeroed, that takes no place until it is touched.
static inline long system_allocate(size_t size) {
    return system_call(SYS_MMAP, 0, (long)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static inline long system_kexec_load(uint64_t entry, size_t count, const struct kexec_segment *segments,
                                     uint64_t flags) {
    return system_call(SYS_KEXEC_LOAD, (long)entry, (long)count, (long)segments, (long)flags, 0, 0);
}

__attribute__((noreturn)) static inline void system_exit(int status) {
    for (;;)
        system_call(SYS_EXIT_GROUP, status, 0, 0, 0, 0, 0);
}

#endif
