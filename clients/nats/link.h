/* link.h: the connection to NATS, with the subscriptions on which answers come in. libnats connects again by itself; when it
 * has given up (a publish larger than a limit that was lowered ends a connection for good, and only the closed callback
 * says so), link_keep connects anew. The loop's; callbacks only post and set flags. */
#ifndef NATS_LINK_H
#define NATS_LINK_H

#include <stdatomic.h>
#include <stdint.h>

#include <nats/nats.h>

#include "clients/nats/mail.h"
#include "clients/nats/options.h"

#define LINK_SUBJECT_BYTES 320

struct link;

/* How mail of one kind comes in. */
struct link_door {
    struct link *link;
    enum mail_kind kind;
};

struct link {
    const struct options *options;
    struct mailbox *box;
    natsOptions *nats;
    natsConnection *connection; /* NULL: none now */
    natsSubscription *pulled, *stored, *acked;
    natsSubscription *served[10];
    int n_served;
    char base[64];       /* what our own inboxes begin with */
    int64_t max_payload; /* as it was when we connected: a connected client never learns of another */
    uint64_t tried_at, connected_at;
    atomic_int is_closed, was_lost, was_found;
    struct link_door doors[5];
};

/* Nothing is connected yet. -1: `why` says which option can't be used. */
int link_open(struct link *link, const struct options *options, struct mailbox *box, char *why, size_t size);
void link_close(struct link *link);

/* Connects when there is no connection. 1: there is a new one; 0: all is as it was; -1: `why` says why there is none. */
int link_keep(struct link *link, uint64_t now_ns, char *why, size_t size);

/* Ends the connection, for another one: it alone learns the limits of now. */
void link_renew(struct link *link);

/* For textd-nats setup: one connection, made now. */
natsStatus link_connect(struct link *link);

/* Whether messages go out now. */
int link_is_up(const struct link *link);

/* Begins to listen on a subject, in the service's queue group or outside it. */
natsStatus link_serve(struct link *link, const char *subject, const char *group, enum mail_kind kind);
void link_stop_serving(struct link *link);

/* No more of what was pulled: what is on its way still comes in. Waits for that, a second at most. */
void link_stop_pulling(struct link *link);

/* Sends, or keeps to be sent, without waiting for an answer. `reply` may be NULL. */
natsStatus link_send(struct link *link, const char *subject, const char *reply, const void *bytes, size_t length);

#endif
