/* endpoint.c: see endpoint.h. */
#include "daemon/net/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <zmq.h>

#define IPC "ipc://"

static enum td_code code_of(int error)
{
    return error == EACCES || error == EPERM ? TD_E_DENIED : TD_E_SYSTEM;
}

/* Makes the folder of `path`, and those above it, where they are missing. */
static int make_folder(const char *path, struct td_err *err)
{
    char folder[512];

    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return td_fail(err, code_of(errno), "can't make the folder %s of a socket: %s", folder, strerror(errno));
        *slash = '/';
    }
    return TD_OK;
}

/* Takes the lock beside `path`. The holder removes the file when it goes, so what we have locked may be gone from the
 * folder: look again until the file that we hold is the one that is there. */
static int take_lock(const char *path, int *lock_fd, struct td_err *err)
{
    char lock[520];
    struct stat held, there;

    snprintf(lock, sizeof lock, "%s.lock", path);
    for (;;) {
        int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return td_fail(err, code_of(errno), "can't open %s: %s", lock, strerror(errno));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            close(fd);
            return td_fail(err, TD_E_IN_USE,
                           "another textd listens on ipc://%s (it holds %s); stop it or use another path", path, lock);
        }
        if (fstat(fd, &held) == 0 && stat(lock, &there) == 0 && held.st_ino == there.st_ino) {
            *lock_fd = fd;
            return TD_OK;
        }
        close(fd);
    }
}

static void drop_lock(const char *path, int lock_fd)
{
    char lock[520];

    snprintf(lock, sizeof lock, "%s.lock", path);
    unlink(lock);
    close(lock_fd);
}

/* Whether the path may be taken: nothing is there, or a socket that nobody listens on any more. */
static int check_path(const char *path, struct td_err *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct stat there;

    if (lstat(path, &there) != 0)
        return TD_OK;
    if (!S_ISSOCK(there.st_mode))
        return td_fail(err, TD_E_IN_USE, "%s is there and is no socket; remove it or use another path", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int rc = connect(fd, (const struct sockaddr *)&address, sizeof address), error = errno;
    close(fd);
    if (rc == 0 || error == EAGAIN)
        return td_fail(err, TD_E_IN_USE, "ipc://%s is in use by another program; stop it or use another path", path);
    return TD_OK;
}

static int bind_socket(void *socket, const char *name, struct td_err *err)
{
    mode_t mask = umask(077); /* a path socket's mode follows it; libzmq binds before it returns */
    int rc = zmq_bind(socket, name), error = zmq_errno();

    umask(mask);
    if (rc == 0)
        return TD_OK;
    if (error == EADDRINUSE)
        return td_fail(err, TD_E_IN_USE, "%s is in use by another program; stop it or use another endpoint", name);
    return td_fail(err, code_of(error), "can't listen on %s: %s", name, zmq_strerror(error));
}

/* The name, with the port that it got where that was left to the system ("tcp://127.0.0.1:*"). libzmq's own word for
 * it has the address in another form. */
static char *name_bound(void *socket, const char *name)
{
    char last[256], bound[512];
    size_t size = sizeof last, length = strlen(name);

    if (strncmp(name, IPC, sizeof IPC - 1) == 0 || length < 2 || strcmp(name + length - 2, ":*") != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, last, &size) != 0 || !strrchr(last, ':'))
        return strdup(name);
    snprintf(bound, sizeof bound, "%.*s%s", (int)length - 2, name, strrchr(last, ':'));
    return strdup(bound);
}

int td_endpoint_bind(struct td_endpoint *endpoint, void *socket, const char *name, struct td_err *err)
{
    const char *path = strncmp(name, IPC, sizeof IPC - 1) == 0 ? name + sizeof IPC - 1 : NULL;
    int lock_fd = -1, rc = TD_OK;

    if (path && (rc = make_folder(path, err)) != TD_OK)
        return rc;
    if (path && (rc = take_lock(path, &lock_fd, err)) != TD_OK)
        return rc;
    if (path)
        rc = check_path(path, err);
    if (rc == TD_OK)
        rc = bind_socket(socket, name, err);
    if (rc != TD_OK) {
        if (path)
            drop_lock(path, lock_fd);
        return rc;
    }
    *endpoint = (struct td_endpoint) { .name = name_bound(socket, name),
                                       .path = path ? strdup(path) : NULL,
                                       .lock_fd = lock_fd };
    if (endpoint->name && (endpoint->path || !path))
        return TD_OK;
    if (path) {
        unlink(path);
        drop_lock(path, lock_fd);
    }
    free(endpoint->name);
    free(endpoint->path);
    *endpoint = (struct td_endpoint) { .lock_fd = -1 };
    return td_fail(err, TD_E_SYSTEM, "no memory for the name of %s", name);
}

void td_endpoint_release(struct td_endpoint *endpoint)
{
    if (endpoint->path) {
        unlink(endpoint->path);
        drop_lock(endpoint->path, endpoint->lock_fd);
    }
    free(endpoint->path);
    free(endpoint->name);
    *endpoint = (struct td_endpoint) { .lock_fd = -1 };
}
