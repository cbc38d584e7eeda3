/* documents.h: all documents that are here, and what the stops on their way work on: admission.c (may it come in), queue.c
 * (it waits), dispatch.c (whom it is given to), hand.c (given, taken back, put back), supervise.c (its worker is late or
 * dead), settle.c (its one reply). One loop, one thread; nothing here is shared with anybody.
 *
 * A document's states are in net/doc.h; an accepted one is in `deadlines` until it has its reply. */
#ifndef TD_DOCUMENTS_H
#define TD_DOCUMENTS_H

#include <uv.h>

#include "common/mp_buf.h"
#include "daemon/documents/deadlines.h"
#include "daemon/documents/measure.h"
#include "daemon/documents/queues.h"
#include "daemon/documents/trial.h"
#include "daemon/fleet/lineup.h"
#include "daemon/net/frontend.h"
#include "daemon/net/intake.h"

/* Counted since the start. X(name) */
#define TD_COUNTERS(X) \
    X(documents_accepted) \
    X(documents_answered) \
    X(documents_failed) \
    X(documents_dropped) \
    X(requests_refused) \
    X(documents_rerun) \
    X(workers_lost)

struct td_counters {
#define X(name) uint64_t name;
    TD_COUNTERS(X)
#undef X
};

struct td_documents {
    uv_loop_t *loop;
    const struct td_lineup *lineup; /* who runs them */
    struct td_door *doors;          /* where they come from, and where their replies go; `out` is one of them */
    struct td_frontend *out;        /* the clients' ROUTER */
    const struct td_intake *intake; /* whether more may come */
    struct td_settings set;         /* of the configuration in effect */
    int accepts;                    /* zero: the server is not serving yet, or not any more */
    int accepts_pipes;        /* the same of the pipe process's door: it is still served while the server drains */
    const char *server_state; /* its name, for ping */

    struct td_doc_pool pool;
    struct td_queues queues;
    struct td_deadlines deadlines;
    uv_timer_t deadline_timer;
    struct td_trial trial;      /* of lineup->next */
    struct td_worker_list busy; /* the workers that have documents: what is done each turn is done with these */

    uint32_t count;            /* accepted and not yet answered */
    uint64_t held_bytes;       /* of the requests of these, and of those that a worker still has after their reply */
    uint64_t door_bytes;       /* that doors hold beside: bodies of HTTP, answers that are being written */
    uint64_t connection_bytes; /* and what their connections take by being there, which is no limit's */
    uint64_t oom_kills;        /* of our control group, as last seen */
    struct td_counters counters;
    struct td_measures measures;
    struct td_buf scratch; /* for a reply's parts */
};

/* Everything is borrowed and must outlive it. It accepts nothing yet. Non-zero: libuv has no timer. */
int td_documents_init(struct td_documents *docs, uv_loop_t *loop, const struct td_lineup *lineup,
                      struct td_frontend *out, const struct td_intake *intake);

/* Stops the timer, while the loop still runs. */
void td_documents_close(struct td_documents *docs);

/* After the loop has ended, and the frontends' documents were given back. */
void td_documents_free(struct td_documents *docs);

#ifdef TD_DEBUG
/* Adds up all accounts anew and asserts that they are what the counters say. In debug builds, once a turn of the loop. */
void td_documents_check(const struct td_documents *docs);
#endif

#endif
