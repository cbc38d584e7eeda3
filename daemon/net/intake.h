/* intake.h: watches over what libzmq doesn't: messages that have arrived and are not read yet, frames of messages that
 * never end, descriptors, and the files of our sockets.
 *
 * Nothing tells what libzmq holds for us to read. But what the process has beyond what it accounts for is known: its
 * private memory, less that at the start, less requests and replies that are held. Nearly all of that excess is
 * libzmq's, or free memory that the heap hasn't given back. When it passes a mark, the gate (gate.h) becomes narrow,
 * reading comes first, and who has documents here gets no more in. When that doesn't help, because the excess grows or
 * stays though there is nothing to read, the sockets stop listening, which ends their connections: what they had in
 * flight is read and refused, and they listen again. Clients come back by themselves and send again. */
#ifndef TD_INTAKE_H
#define TD_INTAKE_H

#include <stdint.h>

#include <uv.h>

#include "common/err.h"
#include "common/states.h"
#include "daemon/net/frontend.h"

/* EASY. FULL: everybody gets little. STOPPED: nobody is listened to, until what had come is read. */
#define TD_INTAKE_STATES(X) \
    X(EASY, "easy", TD_TO(TD_INTAKE_FULL)) \
    X(FULL, "full", TD_TO(TD_INTAKE_EASY) | TD_TO(TD_INTAKE_STOPPED)) \
    X(STOPPED, "stopped", TD_TO(TD_INTAKE_EASY))

enum td_intake_state {
#define X(name, text, to) TD_INTAKE_##name,
    TD_INTAKE_STATES(X)
#undef X
};

#define TD_INTAKE_PLACES 4

/* A socket and what it listens on. */
struct td_intake_place {
    void *socket;
    struct td_endpoint *endpoints;
    unsigned n_endpoints;
    struct td_zsocket *zsocket; /* NULL: nobody waits for what comes in */
};

struct td_intake {
    uv_timer_t timer;
    uv_async_t turned_away; /* from libzmq's thread */
    struct td_zloop *zloop;
    struct td_frontend *frontends[2];
    struct td_frontend *pipes; /* the pipe process's, which is never cut off: it bounds itself; NULL: there is none */
    struct td_intake_place places[TD_INTAKE_PLACES];
    unsigned n_places;
    uint64_t unread_bytes; /* the most that may wait to be read; the owner sets it */
    /* Bytes that the owner accounts for, but for replies. */
    uint64_t (*held_bytes)(void *data);
    void *data;

    enum td_intake_state state;
    uint64_t base_bytes;   /* what the process has for itself */
    uint64_t excess_bytes; /* as last measured, and the most since the start */
    uint64_t peak_bytes;
    uint64_t n_stopped; /* how often all connections were ended */
    uint64_t measured_ns, looked_ns, trimmed_ns, trim_ns;
    uint64_t connections_bytes, counted_ns; /* what they were reckoned with last, and when they were counted */
    uint64_t stopped_ns, easy_ns;           /* since when it is */
    uint64_t below_ns;                      /* when it was not beyond the second mark, the last time */
    uint64_t unread_ns;                     /* when there was something to read, the last time */
    int is_told;                            /* that it is full */
    uint64_t n_given_back;                  /* n_received, when free memory was given back in a quiet time */
    uint64_t n_received;                    /* by the frontends, when it was measured */
    uint64_t n_refused;                     /* connections, when it was looked */
    int is_short;                           /* of descriptors */
    int has_lost;                           /* a socket's file */
};

/* Before libzmq is started. */
int td_intake_init(struct td_intake *intake, uv_loop_t *loop, struct td_zloop *zloop, struct td_err *err);

/* When all sockets are bound, and the process has what it needs: from now on it is watched. */
void td_intake_start(struct td_intake *intake);

/* At the end of each turn of the loop. */
void td_intake_turn(struct td_intake *intake);

/* Whether this connection's documents are to be refused now, and the reason. */
int td_intake_refuses(const struct td_intake *intake, const struct td_connection *client, struct td_err *err);

/* Whether clients can connect: part of readiness. */
int td_intake_is_listening(const struct td_intake *intake);

void td_intake_close(struct td_intake *intake);

/* Bytes of replies that are kept for connections that don't read, in outboxes and in libzmq. */
uint64_t td_intake_reply_bytes(const struct td_intake *intake);

const char *td_intake_state_name(enum td_intake_state state);

#endif
