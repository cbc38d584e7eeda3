/* lanes.h: a pipe's ways to textd, one for each --endpoint. Documents are shared out among those that answer. */
#ifndef CLI_LANES_H
#define CLI_LANES_H

#include <stddef.h>
#include <stdint.h>

#include <textd/client.h>

#include "clients/cli/link/session.h"

struct lane {
    struct textd_client *client;
    uint64_t rest_until_ns; /* it has failed: nothing is sent before */
    unsigned n_failures;    /* since the last answer */
};

struct lanes {
    struct cli cli;         /* what the session was asked for */
    struct session session; /* with the first one that answered: what all of them are asked for */
    struct lane lanes[CLI_MAX_LIST];
    size_t n, next;
    uint32_t limit; /* in flight on each */
    int last_code;  /* of the last failure; 0: none since the last answer */
    char last_error[500];
};

/* How many there are, and how many documents each may have in flight. */
size_t lanes_count(const struct cli *cli);
uint32_t lanes_limit(const struct cli *cli);

/* Waits until one of them answers, for --timeout at most or until *is_stopped. CLI_OK, or an exit code after having
 * complained; close it in both cases. */
int lanes_open(struct lanes *l, const struct cli *cli, const volatile int *is_stopped);
void lanes_close(struct lanes *l);

/* The one to send to next: that with the fewest in flight. NULL: none has room now. */
struct lane *lanes_choose(struct lanes *l, uint64_t now_ns);

/* It has answered; it has failed, and why. */
void lane_answered(struct lanes *l, struct lane *lane);
void lane_failed(struct lanes *l, struct lane *lane, int code, const char *why);

size_t lanes_in_flight(const struct lanes *l);

#endif
