/* canary.h: a new generation is tried with a share of the documents before it takes all of them (canary.percent). It is
 * judged against the one that serves, on what both did meanwhile (documents/trial.h), each pool of workers by itself: more
 * errors, or longer runs, in one of them than
 * canary.worse times the other's, and it is rolled back. One that no document came to can't be judged, and is
 * rolled back as well, unless canary.promote_unjudged is set. */
#ifndef TD_CANARY_H
#define TD_CANARY_H

#include <uv.h>

#include "common/err.h"
#include "daemon/documents/documents.h"

struct td_canary {
    struct td_trial *trial;           /* the documents' */
    const struct td_generation *next; /* that is tried; NULL: none is */
    const struct td_generation *serving;
    uv_timer_t timer;
    int is_time_over;
};

int td_canary_init(struct td_canary *canary, uv_loop_t *loop, struct td_trial *trial);

/* Begins the trial of `next`, which is the line-up's, and ready, beside what serves. */
void td_canary_begin(struct td_canary *canary, const struct td_generation *next, const struct td_generation *serving);

/* At the end of a turn: non-zero when there is a verdict, and the trial has ended. *verdict is TD_OK, or why `next` is to be
 * rolled back. */
int td_canary_turn(struct td_canary *canary, struct td_err *verdict);

/* Ends it without a verdict. */
void td_canary_stop(struct td_canary *canary);

/* While the loop still runs. */
void td_canary_close(struct td_canary *canary);

#endif
