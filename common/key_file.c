/* key_file.c: see key_file.h. */
#include "common/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int td_key_file_read(char text[TD_KEY_FILE_MOST + 1], size_t *length, struct stat *st, const char *path,
                     const char *what, struct td_err *err)
{
    ssize_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = TD_OK; /* a fifo must not hold us up */

    *length = 0;
    if (fd < 0)
        return td_fail(err, TD_E_CONFIG, "%s %s can't be opened: %s", what, path, strerror(errno));
    if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))
        rc = td_fail(err, TD_E_CONFIG, "%s %s is no regular file", what, path);
    while (rc == TD_OK && *length <= TD_KEY_FILE_MOST &&
           (n = read(fd, text + *length, TD_KEY_FILE_MOST + 1 - *length)) > 0)
        *length += (size_t)n;
    if (rc == TD_OK && n < 0)
        rc = td_fail(err, TD_E_CONFIG, "%s %s can't be read: %s", what, path, strerror(errno));
    if (rc == TD_OK && *length > TD_KEY_FILE_MOST)
        rc = td_fail(err, TD_E_CONFIG, "%s %s is no key: it has more than %d bytes", what, path, TD_KEY_FILE_MOST);
    if (rc == TD_OK)
        text[*length] = 0;
    close(fd);
    return rc;
}

int td_key_file_check_secret(const struct stat *st, const char *path, const char *what, const char *maker,
                             struct td_err *err)
{
    unsigned mode = (unsigned)st->st_mode & 07777;

    if (!(mode & (S_IRWXO | S_IWGRP)))
        return TD_OK;
    return td_fail(err, TD_E_CONFIG,
                   "%s %s has mode %04o: others can read or change the secret; chmod 600 it, or, if somebody may have "
                   "read it, make another pair with %s",
                   what, path, mode, maker);
}

int td_key_file_check_public(const struct stat *st, const char *path, const char *what, struct td_err *err)
{
    unsigned mode = (unsigned)st->st_mode & 07777;

    if (!(mode & S_IWOTH))
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "%s %s has mode %04o: everybody can change the key; chmod o-w it", what, path,
                   mode);
}
