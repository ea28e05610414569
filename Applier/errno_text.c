#include "errno_text.h"

// Those that reading a file or kexec_load(2) can end in; their numbers are the
// same on all three machines (include/uapi/asm-generic/errno-base.h, errno.h).
#define ERRNOS(X)                                                                                                      \
    X(1, "EPERM", "not permitted")                                                                                     \
    X(2, "ENOENT", "no such file")                                                                                     \
    X(5, "EIO", "the device failed")                                                                                   \
    X(6, "ENXIO", "no such device")                                                                                    \
    X(11, "EAGAIN", "nothing there to read")                                                                           \
    X(12, "ENOMEM", "out of memory")                                                                                   \
    X(13, "EACCES", "permission denied")                                                                               \
    X(14, "EFAULT", "memory that is not there")                                                                        \
    X(16, "EBUSY", "busy")                                                                                             \
    X(19, "ENODEV", "no such device")                                                                                  \
    X(20, "ENOTDIR", "not a directory")                                                                                \
    X(21, "EISDIR", "a directory")                                                                                     \
    X(22, "EINVAL", "invalid")                                                                                         \
    X(23, "ENFILE", "too many files are open")                                                                         \
    X(24, "EMFILE", "too many files are open")                                                                         \
    X(36, "ENAMETOOLONG", "the name is too long")                                                                      \
    X(38, "ENOSYS", "no such system call")                                                                             \
    X(40, "ELOOP", "too many symbolic links")                                                                          \
    X(75, "EOVERFLOW", "too large")                                                                                    \
    X(99, "EADDRNOTAVAIL", "the address cannot be used")                                                               \
    X(116, "ESTALE", "the file is gone from its server")

void put_errno(struct text *text, long number) {
    switch (number) {
#define X(value, name, meaning)                                                                                        \
    case value:                                                                                                        \
        put_string(text, name " (" #value "), " meaning);                                                              \
        return;
        ERRNOS(X)
#undef X
    default:
        put_string(text, "errno ");
        put_decimal(text, (uint64_t)number);
    }
}

void put_kexec_advice(struct text *text, long number) {
    switch (number) {
    case 1:
        put_string(text, "CAP_SYS_BOOT is needed (root); kernel.kexec_load_disabled, "
                         "kernel.kexec_load_limit_panic, a lockdown or a security module may forbid it");
        return;
    case 12:
        put_string(text, "the kernel has no memory for its own bookkeeping of the image");
        return;
    case 16:
        put_string(text, "another kexec load is under way; try again when it has ended");
        return;
    case 22:
        put_string(text, "the kernel does not take these segments or flags; is it too old for the flags?");
        return;
    case 38:
        put_string(text, "this kernel has no such call (CONFIG_KEXEC)");
        return;
    case 99:
        put_string(text, "the kernel does not accept the segments' places; has the crash kernel's region been shrunk?");
        return;
    default:
        put_string(text, "the image was not loaded");
    }
}
