/* guard.c: see guard.h. */
#include "daemon/worker/guard.h"

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/both/frames.h"

static struct {
    int fd;
    int is_set;
    struct stat was;
} guard;

void td_guard_init(int fd)
{
    guard.fd = fd;
    guard.is_set = fstat(fd, &guard.was) == 0;
}

void td_guard_check(void)
{
    struct stat is;

    if (!guard.is_set || (fstat(guard.fd, &is) == 0 && is.st_ino == guard.was.st_ino && is.st_dev == guard.was.st_dev))
        return;
    _exit(
        TD_WORKER_EXIT_CLOSED); /* nothing can be said any more; whatever has the number now is not to be written to */
}
