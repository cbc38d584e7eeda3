/* parts.h: what the bridge's files share: its loop (bridge.c), what comes in (arrive.c), what goes out (store.c). */
#ifndef NATS_PARTS_H
#define NATS_PARTS_H

#include "clients/nats/daemons.h"
#include "clients/nats/docs.h"
#include "clients/nats/http.h"
#include "clients/nats/link.h"
#include "clients/nats/options.h"
#include "clients/nats/pull.h"
#include "clients/nats/service.h"

#define MS_NS 1000000ull

struct bridge {
    const struct options *options;
    struct mailbox *box;
    struct link link;
    struct textds textds;
    struct docs docs;
    struct pull pull;
    struct service service;
    struct http *http;
    int is_stopping;
    uint64_t now, ticked, no_daemon_since, renewed_at;
};

/* ---- arrive.c ---------------------------------------------------------------------------------------------------- */

/* Takes the message over. */
void arrive_mail(struct bridge *bridge, enum mail_kind kind, natsMsg *msg);

/* A daemon's answer to a document. */
void arrive_reply(struct bridge *bridge, struct textd *textd, struct textd_reply *reply);

/* ---- store.c ----------------------------------------------------------------------------------------------------- */

/* The document's result; of a request, its answer. `error` is NULL unless the reply is one. */
void store_reply(struct bridge *bridge, struct doc *doc, const struct textd_reply *reply,
                 const struct form_error *error);

/* It can't be annotated: a dead letter with the document as it came; of a request, an answer that says so. */
void store_failure(struct bridge *bridge, struct doc *doc, const struct form_error *error, int retryable);

/* The answer to a publish, or to an acknowledgement. */
void store_told(struct bridge *bridge, natsMsg *msg);
void store_acked(struct bridge *bridge, natsMsg *msg);

/* Acknowledges once more: it was delivered again though its result is stored. */
void store_acknowledge(struct bridge *bridge, struct doc *doc);

/* Acknowledges what was stored in this turn. */
void store_flush(struct bridge *bridge);

/* Sends again what was not acknowledged in time. */
void store_tick(struct bridge *bridge);

/* Gives a document back, so that another bridge gets it at once. A request is answered that it is to come again. */
void store_return(struct bridge *bridge, struct doc *doc);

/* A sign of life, or what else an acknowledgement's subject takes. */
void store_say(struct bridge *bridge, const struct doc *doc, const char *word);

void store_end(struct bridge *bridge, struct doc *doc);

#endif
