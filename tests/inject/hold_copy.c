/* hold_copy.c: a library to be preloaded that keeps a reload, or a start, among the files that it copies: a read at a
 * place (pread) waits while a file is there; by any thread but the first that of $HOLD_COPY, by the first that of
 * $HOLD_START. And of the seals that forbid writing the first $BUSY_SEALS are refused, as by a kernel that has its
 * hands on a page. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((visibility("default"))) ssize_t pread(int fd, void *bytes, size_t length, off_t at)
{
    static ssize_t (*real)(int, void *, size_t, off_t);
    const char *file = getenv(gettid() == getpid() ? "HOLD_START" : "HOLD_COPY");

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pread");
    while (file && access(file, F_OK) == 0)
        usleep(2000);
    return real(fd, bytes, length, at);
}

__attribute__((visibility("default"))) int fcntl(int fd, int what, ...)
{
    static int (*real)(int, int, ...);
    static atomic_int refused;
    const char *most = getenv("BUSY_SEALS");
    va_list args;

    va_start(args, what);
    long value = va_arg(args, long); /* as the C library reads it, whatever it is */
    va_end(args);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fcntl");
    if (what == F_ADD_SEALS && (value & F_SEAL_WRITE) && most && atomic_fetch_add(&refused, 1) < atoi(most)) {
        errno = EBUSY;
        return -1;
    }
    return real(fd, what, value);
}
