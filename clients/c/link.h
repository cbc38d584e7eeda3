/* link.h: the connection to the daemon, one at a time, and word of its end.
 *
 * A socket serves one connection. When that ends the socket is closed, after what had arrived was taken out, and
 * another one is opened. libzmq would reconnect by itself, but then nobody could say which connection a message went
 * to: a request might be lost unnoticed, or be sent twice to the same daemon. So libzmq reconnects only until somebody
 * greets.
 *
 * All of it happens in the caller's thread, inside link_tend. */
#ifndef CLIENT_LINK_H
#define CLIENT_LINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <textd/client.h>
#include <zmq.h>

#include "clients/c/ready.h"
#include "common/curve_key.h"

enum link_state {
    LINK_DOWN,    /* no socket; the next one is opened at resume_ns */
    LINK_OPENING, /* libzmq tries to connect */
    LINK_UP,      /* somebody who speaks ZMTP took the connection */
    LINK_BROKEN,  /* it has ended; what had arrived can still be received, until link_drop */
};

/* What the handshake's end says of the keys. Of REFUSED there is no doubt: the server knows our key not, or no longer.
 * MISMATCH: one side is encrypted and the other isn't. VAGUE: with keys it ended twice in a short time, and libzmq
 * isn't told why. */
enum link_verdict { LINK_NO_VERDICT, LINK_REFUSED, LINK_MISMATCH, LINK_VAGUE };

struct link {
    pid_t process; /* which opened it: a child of it has libzmq's memory and descriptors, but not its threads */
    enum link_state state;
    void *context, *socket, *monitor;
    char endpoint[300];
    char server_key[TD_CURVE_KEY_CHARS + 1]; /* of an encrypted endpoint; "": it isn't */
    struct td_curve_pair pair;               /* ours, for such a one */
    enum link_verdict verdict;               /* on the last handshake */
    uint64_t vague_ns;                       /* when one ended that should have been encrypted, without a word */
    unsigned n_sockets;
    unsigned n_failures;         /* connections that ended since the last one that was of use */
    int was_taken;               /* a connection was taken, though nobody has greeted on it */
    int was_up;                  /* somebody has greeted, once */
    int is_stranger;             /* who took the last connection said something that textd doesn't */
    struct ready ready;          /* open when the caller has an event loop */
    int is_drained, has_no_news; /* of the socket, of the monitor: the last call found nothing to read; what comes
                                    is told on its descriptor */
    uint64_t
        resume_ns; /* DOWN: when to connect again; UP: when to send again what the last connection left unanswered */
};

/* Begins to connect to link->endpoint. The link must be zeroed but for that, and for keys. `has_loop`: the caller waits in a loop of
 * its own, for link->ready. Close it in both cases. */
int link_open(struct link *link, int has_loop, struct textd_error *error);

/* In a child of the process that opened it this leaves libzmq alone: descriptors are shared, and what the child does with
 * them the parent suffers. */
void link_close(struct link *link);

/* TEXTD_CLIENT_INVALID in a child of the process that opened it. */
int link_check_process(const struct link *link, struct textd_error *error);

/* Brings the link up to date: hears what became of the connection, opens the next one when it is time. */
enum link_state link_tend(struct link *link, uint64_t now_ns);

/* Whether it is known that there is no textd at the endpoint, but another program, or one that our keys don't fit. Not of
 * one that was there once: who has its place now may be gone in a moment. */
int link_is_wrong(const struct link *link);

/* Whether our key was refused: that is final, also where it was taken before. */
int link_is_refused(const struct link *link);

/* Says why nobody was reached for `waited_ns`. UNREACHABLE, NO_PROTOCOL, or REFUSED. */
int link_tell_unreachable(const struct link *link, uint64_t waited_ns, struct textd_error *error);

/* When there is something to do next for link_tend or link_receive, without any more news; 0: now. To be asked last: it
 * may take the news off libzmq's descriptors. */
uint64_t link_due_ns(struct link *link);

/* Gives a BROKEN link's socket up. */
void link_drop(struct link *link, uint64_t now_ns);

/* The connection was of use: failures are counted from here. */
void link_was_useful(struct link *link);

/* Sends one frame on a link that is UP, sharing its bytes with the caller's. -1 and errno; EAGAIN: it isn't UP any
 * more, which link_tend is about to learn. */
int link_send_frame(struct link *link, zmq_msg_t *frame, int flags);

/* Receives the last frame of the next message, which is the reply: an empty delimiter in front does no harm. -1: none
 * is there. */
int link_receive(struct link *link, zmq_msg_t *body);

/* Waits until something happens on the link, at most until `until_ns`. `now_ns` is the time that the caller has acted
 * upon: whatever has become due since then is not slept through. */
void link_wait(struct link *link, uint64_t now_ns, uint64_t until_ns);

#endif
