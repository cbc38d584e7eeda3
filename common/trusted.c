/* trusted.c: see trusted.h. */
#include "common/trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What others may write, others may run as us. A group's right to write is taken for its owner's own when it is our
 * group, as where every user has a group of the same name. */
static int is_trusted(const struct stat *st, const char *path, struct td_err *err)
{
    uid_t us = geteuid();

    if (st->st_uid != 0 && st->st_uid != us)
        return td_fail(err, TD_E_CONFIG,
                       "%s belongs to user %u; it must belong to root or to the user that textd runs as (%u)", path,
                       (unsigned)st->st_uid, (unsigned)us);
    if (st->st_mode & S_IWOTH)
        return td_fail(err, TD_E_CONFIG, "%s may be written by everybody; chmod o-w it", path);
    if ((st->st_mode & S_IWGRP) && st->st_gid != getegid())
        return td_fail(err, TD_E_CONFIG, "%s may be written by group %u; chmod g-w it", path, (unsigned)st->st_gid);
    return TD_OK;
}

int td_trusted_blame(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM ? TD_E_SYSTEM : TD_E_CONFIG;
}

int td_trusted_folder(const char *folder, struct td_err *err)
{
    struct stat st;

    if (stat(folder, &st) != 0)
        return td_fail(err, td_trusted_blame(errno), "%s: %s", folder, strerror(errno));
    return is_trusted(&st, folder, err);
}

int td_trusted_open(const char *path, int *fd, struct stat *st, struct td_err *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a fifo must not hold us up */
    if (*fd < 0)
        return td_fail(err, td_trusted_blame(errno), "%s: %s", path, strerror(errno));
    int rc = TD_OK;
    if (fstat(*fd, st) != 0 || !S_ISREG(st->st_mode))
        rc = td_fail(err, TD_E_CONFIG, "%s is not a regular file", path);
    else
        rc = is_trusted(st, path, err);
    if (rc != TD_OK)
        close(*fd);
    return rc;
}
