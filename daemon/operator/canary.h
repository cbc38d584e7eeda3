/* canary.h: a new generation is tried with a share of the documents before it takes all of them (canary.percent). It is
 * judged against the one that serves, on what both did meanwhile: more errors, or longer runs, than canary.worse times
 * the other's, and it is rolled back. */
#ifndef TD_CANARY_H
#define TD_CANARY_H

#include <stdint.h>

#include <uv.h>

#include "common/err.h"
#include "daemon/both/frames.h"

struct td_server;
struct td_doc;
struct td_worker;

/* What one generation did during the trial. */
struct td_canary_side {
    uint64_t documents, errors; /* errors: that were plugins' doing, partial results included */
    uint64_t run_ns;
};

struct td_canary {
    int is_on;
    uint64_t dice;                     /* counts documents, to give every n-th away */
    struct td_canary_side now, before; /* the new generation; the one that serves */
    void (*on_verdict)(struct td_server *server, const struct td_err *verdict);
    uv_timer_t timer;
};

/* Once, before the others. */
void td_canary_init(struct td_server *server);

/* Whether server->next, which is ready, is to be tried first. */
int td_canary_is_wanted(const struct td_server *server);

/* Begins the trial of server->next; `on_verdict` follows: TD_OK, or why it is to be rolled back. */
void td_canary_begin(struct td_server *server,
                     void (*on_verdict)(struct td_server *server, const struct td_err *verdict));

/* Ends it without a verdict. */
void td_canary_stop(struct td_server *server);

/* Whether the next document should go to server->next. */
int td_canary_takes_next(struct td_server *server);

/* A worker is done with a document; `failed`: a plugin failed on it, or died. */
void td_canary_note(struct td_server *server, const struct td_worker *worker, uint64_t run_ns, int failed);

#endif
