/* daemons.h: the textds behind this bridge: a libtextd connection to each, how many documents it may have, and a thread that
 * asks each every second whether it takes any. What is a document, the bridge knows; here it is a number. */
#ifndef NATS_DAEMONS_H
#define NATS_DAEMONS_H

#include <stdatomic.h>
#include <stdint.h>

#include <textd/client.h>

#include "clients/nats/mail.h"
#include "clients/nats/options.h"

struct textd {
    struct textd_client *client; /* the loop's */
    unsigned in_flight;
    unsigned share; /* how many it may have now: halved when it says that it is full, one more after as many answers */
    unsigned answers;    /* since the share was changed */
    uint64_t held_until; /* it is full until then */
    uint64_t down_at;    /* its connection was lost then; pings that began earlier count for nothing */

    /* The watcher's. */
    const char *endpoint;
    struct textd_client *asked;
    atomic_uint_fast32_t workers; /* 0: it takes no documents */
    atomic_uint_fast64_t seen_at; /* when the ping began that said so */
};

struct textds {
    struct textd list[OPTIONS_MAX_LIST];
    int n;
    struct mailbox *box;
    void *watcher;
};

/* Begins to watch. -1: `why` says what is wrong. */
int textds_open(struct textds *textds, const struct options *options, struct mailbox *box, char *why, size_t size);
void textds_close(struct textds *textds);

/* Workers of a daemon that takes documents; 0: it takes none now. */
unsigned textd_workers(const struct textd *textd);

/* The one that has most room for a document; NULL: none has any. */
struct textd *textds_choose(struct textds *textds, uint64_t now_ns);

/* How many documents all of them may have together. */
unsigned textds_capacity(const struct textds *textds);
unsigned textds_alive(const struct textds *textds, unsigned *workers);

/* What came of a document: an answer; "I am full, come again in `ms`"; the connection is lost. */
void textd_answered(struct textd *textd);
void textd_is_full(struct textd *textd, uint32_t ms, uint64_t now_ns);
void textd_is_gone(struct textd *textd, uint64_t now_ns);

#endif
