/* docs.h: the documents under way, each in one state, and the one function that changes it. The loop's alone. */
#ifndef NATS_DOCS_H
#define NATS_DOCS_H

#include <stdint.h>
#include <sys/queue.h>

#include <nats/nats.h>
#include <uthash.h>

#include "clients/nats/daemons.h"
#include "clients/nats/form.h"

/* name, words, the states that may follow */
#define DOC_STATES(X) \
    X(WAITING, "for a daemon that has room", TO(RUNNING) | TO(DELAYED) | TO(STORING) | TO(GONE)) \
    X(DELAYED, "until it is tried again", TO(WAITING) | TO(STORING) | TO(GONE)) \
    X(RUNNING, "at a daemon", TO(WAITING) | TO(DELAYED) | TO(STORING) | TO(GONE)) \
    X(STORING, "its result was published, and is sent again until that is acknowledged", \
      TO(ACKING) | TO(DELAYED) | TO(STORING) | TO(GONE)) \
    X(ACKING, "its result is stored; its acknowledgement is sent again until that is taken", TO(GONE)) \
    X(GONE, "to be freed", 0)

enum doc_state {
#define X(name, words, next) DOC_##name,
    DOC_STATES(X)
#undef X
        DOC_STATE_COUNT
};

struct doc {
    enum doc_state state;
    int is_request; /* of the service: it has a reply subject, and nobody delivers it again */
    natsMsg *msg;   /* as it came: the text lies in it */
    struct form_doc form;
    char *name;                               /* the id under which its result is stored */
    char *ack;                                /* where its acknowledgement goes: of its last delivery */
    uint64_t sequence, stored_ns, deliveries; /* in the stream; when the stream got it, which tells two streams apart */

    uint64_t number;          /* a new one for each try: the id at the daemon, and the last word of reply subjects */
    struct textd *at;         /* RUNNING */
    unsigned tries;           /* that failed and may succeed, or were lost */
    uint64_t came_ns, due_ns; /* DELAYED: when it is tried again */

    natsMsg *out; /* STORING: what is published */
    int is_dead, was_refused;
    unsigned sends; /* of `out`, or of the acknowledgement */
    uint64_t sent_ns;
    int wants_room; /* `out` is larger than the connection takes: it waits for one that may take it */

    uint64_t beaten_ns; /* the last sign of life */
    TAILQ_ENTRY(doc) link, beat;
    UT_hash_handle by_number, by_sequence;
};

TAILQ_HEAD(doc_list, doc);

struct docs {
    struct doc_list states[DOC_STATE_COUNT];
    unsigned counts[DOC_STATE_COUNT];
    unsigned n_requests;
    struct doc_list beats; /* of the stream's, those longest without a sign of life first */
    struct doc *numbers, *sequences;
    uint64_t last_number;
};

void docs_init(struct docs *docs);

/* Takes the message over. In WAITING, not parsed yet. NULL: no memory, and the message is the caller's. `sequence` 0: a
 * request. */
struct doc *docs_add(struct docs *docs, natsMsg *msg, uint64_t sequence, uint64_t now_ns);

struct doc *docs_find(struct docs *docs, uint64_t number);
struct doc *docs_find_sequence(struct docs *docs, uint64_t sequence);

/* A number that no answer can belong to yet. */
void docs_number(struct docs *docs, struct doc *doc);

/* The one function that changes a state. Put at the end of the new state's list, or with `first` at its front. */
void docs_move(struct docs *docs, struct doc *doc, enum doc_state state, int first);

/* It gave a sign of life just now. */
void docs_beat(struct docs *docs, struct doc *doc, uint64_t now_ns);

/* It has to be GONE. */
void docs_free(struct docs *docs, struct doc *doc);

/* Those that hold a place in the window: not those whose result is only to be stored. */
unsigned docs_held(const struct docs *docs);
unsigned docs_all(const struct docs *docs);

#endif
