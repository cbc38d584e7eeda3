/* endpoint.h: what we listen on. The listening socket is made here, is ours, and lasts as long as the endpoint: libzmq
 * gets a duplicate of it (ZMQ_USE_FD). So it never unlinks a path, whatever is there; and when it is to stop, those who
 * come wait in the kernel's line until it goes on, on the same port. A lock file beside a path keeps a second daemon
 * away. Sockets on a path are for their owner only, and, but for the operator's, for one group when there is such. */
#ifndef TD_ENDPOINT_H
#define TD_ENDPOINT_H

#include <stdint.h>
#include <sys/types.h>

#include "common/curve_key.h"
#include "common/err.h"

/* Why a handshake failed before it was known whose it was (handshakes.h). X(NAME, name for programs, words) */
#define TD_HANDSHAKES(X) \
    X(CUT, "cut", "it ended, or was silent, before it was over") \
    X(PLAIN, "plain", "it was not encrypted, and this endpoint is") \
    X(OTHER_KEY, "other_key", "it was for another server's key") \
    X(MALFORMED, "malformed", "it made no sense, or is one that was overheard and sent again")

enum td_handshake_failure {
#define X(name, text, meaning) TD_HANDSHAKE_##name,
    TD_HANDSHAKES(X)
#undef X
        TD_HANDSHAKE_FAILURES
};

extern const char *const td_handshake_failures[TD_HANDSHAKE_FAILURES]; /* their names for programs */

/* A bound endpoint. */
struct td_endpoint {
    char *name;  /* with the port that it got, where any would do */
    char *bound; /* as libzmq calls it */
    char *path;  /* of an ipc endpoint, else NULL */
    int lock_fd; /* -1 for none */
    int listen_fd;
    int is_owners;                           /* those who come here are the operator's programs */
    int is_lost;                             /* something else lies at the path now */
    char secret_key[TD_CURVE_KEY_CHARS + 1]; /* of an encrypted one; "": it isn't */
    uint64_t failed[TD_HANDSHAKE_FAILURES];  /* handshakes, of an encrypted one */
    dev_t device;
    ino_t inode; /* of the socket's file, to know it again */
};

/* Binds `socket` to `name`. An ipc path's missing folder is made, mode 0700. TD_E_IN_USE: somebody listens there.
 * TD_E_DENIED: we may not, or others might take our place. TD_E_SYSTEM: anything else. `is_owners`: for the
 * operator, who gets in when there are no descriptors for others. `secret_key`: encrypted, with this key; NULL: it isn't. On
 * an error *endpoint needs no release. */
int td_endpoint_bind(struct td_endpoint *endpoint, void *socket, const char *name, int is_owners,
                     const char *secret_key, struct td_err *err);

/* Before the first is bound: whether their folders may be written by others (server.shared_folder). */
void td_endpoint_share_folders(int is_shared);

/* Before the first is bound: the group whose members may connect to those on a path that aren't the operator's, and pass
 * through folders that are made for them (server.socket_group). */
#define TD_ENDPOINT_NO_GROUP ((gid_t)-1)
void td_endpoint_let_in(gid_t group);

/* Stops listening, which ends every connection that came this way: libzmq knows no other stop. Who connects from now on
 * waits. */
void td_endpoint_stop(struct td_endpoint *endpoint, void *socket);

/* Listens again. */
int td_endpoint_resume(struct td_endpoint *endpoint, void *socket, struct td_err *err);

/* Looks after an ipc endpoint's file: when it was deleted, it is made again. Connections that are there stay. Non-zero
 * when there is something to tell: it was made again, or (once) is_lost: then *err says why. */
int td_endpoint_look(struct td_endpoint *endpoint, void *socket, struct td_err *err);

/* Removes the path, gives the lock back. */
void td_endpoint_release(struct td_endpoint *endpoint);

#endif
