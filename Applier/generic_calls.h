// System calls of the machines that have the generic ones
// (include/uapi/asm-generic/unistd.h).

#define SYS_OPENAT     56
#define SYS_CLOSE      57
#define SYS_GETDENTS64 61
#define SYS_LSEEK      62
#define SYS_READ       63
#define SYS_WRITE      64
#define SYS_EXIT_GROUP 94
#define SYS_KEXEC_LOAD 104
#define SYS_MMAP       222
