/* pull.h: asking the durable consumer for documents, and seeing to it that there is one. What is asked for comes in by and
 * by, through the connection's inbox: no call ever waits. */
#ifndef NATS_PULL_H
#define NATS_PULL_H

#include <stdint.h>

#include "clients/nats/link.h"

struct pull {
    struct link *link;
    const struct options *options;
    char next[LINK_SUBJECT_BYTES];
    unsigned asked;         /* documents that may still come for what was asked */
    uint64_t heard_ns;      /* the last sign of the consumer: a document, an answer, a heartbeat */
    uint64_t expires_ns;    /* of the latest request */
    uint64_t number;        /* of the latest request */
    uint64_t not_before;    /* after a refusal */
    uint64_t looked_ns;     /* when the consumer was last asked for */
    uint64_t look_sent;     /* 0: its answer is there */
    int is_there, was_told; /* the consumer; whether its absence was logged */
    uint32_t ack_wait_ms;   /* the consumer's own */
};

void pull_init(struct pull *pull, struct link *link, const struct options *options);

/* After a new connection or a reconnection: what was asked is forgotten. */
void pull_reset(struct pull *pull, uint64_t now_ns);

/* Asks for as many documents as there is room for, when that is worth a request. Also looks after the consumer. */
void pull_tick(struct pull *pull, unsigned held, unsigned window, uint64_t now_ns);

/* A document came. */
void pull_delivered(struct pull *pull, uint64_t now_ns);

/* A message of the inbox that is no document: what became of a request, or of a look. */
void pull_told(struct pull *pull, natsMsg *msg, uint64_t now_ns);

/* The request that makes the consumer as it has to be, as JSON: also setup's. free() it. */
char *pull_consumer_config(const struct options *options);

#endif
