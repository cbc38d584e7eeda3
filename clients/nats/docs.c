/* docs.c: see docs.h. */
#include "clients/nats/docs.h"

#include <assert.h>
#include <stdlib.h>

#define TO(name) (1u << DOC_##name)
static const unsigned may_follow[] = {
#define X(name, words, next) [DOC_##name] = (next),
    DOC_STATES(X)
#undef X
};

void docs_init(struct docs *docs)
{
    *docs = (struct docs) { 0 };
    for (int i = 0; i < DOC_STATE_COUNT; i++)
        TAILQ_INIT(&docs->states[i]);
    TAILQ_INIT(&docs->beats);
}

struct doc *docs_add(struct docs *docs, natsMsg *msg, uint64_t sequence, uint64_t now_ns)
{
    struct doc *doc = calloc(1, sizeof *doc);

    if (!doc)
        return NULL;
    doc->msg = msg;
    doc->sequence = sequence;
    doc->is_request = sequence == 0;
    doc->came_ns = doc->beaten_ns = now_ns;
    doc->number = ++docs->last_number;
    doc->state = DOC_WAITING;
    TAILQ_INSERT_TAIL(&docs->states[DOC_WAITING], doc, link);
    docs->counts[DOC_WAITING]++;
    HASH_ADD(by_number, docs->numbers, number, sizeof doc->number, doc);
    if (doc->is_request) {
        docs->n_requests++;
    } else {
        HASH_ADD(by_sequence, docs->sequences, sequence, sizeof doc->sequence, doc);
        TAILQ_INSERT_TAIL(&docs->beats, doc, beat);
    }
    return doc;
}

struct doc *docs_find(struct docs *docs, uint64_t number)
{
    struct doc *doc;

    HASH_FIND(by_number, docs->numbers, &number, sizeof number, doc);
    return doc;
}

struct doc *docs_find_sequence(struct docs *docs, uint64_t sequence)
{
    struct doc *doc;

    HASH_FIND(by_sequence, docs->sequences, &sequence, sizeof sequence, doc);
    return doc;
}

void docs_number(struct docs *docs, struct doc *doc)
{
    HASH_DELETE(by_number, docs->numbers, doc);
    doc->number = ++docs->last_number;
    HASH_ADD(by_number, docs->numbers, number, sizeof doc->number, doc);
}

void docs_move(struct docs *docs, struct doc *doc, enum doc_state state, int first)
{
    assert(may_follow[doc->state] & 1u << state);
    assert((doc->state == DOC_RUNNING) == (doc->at != NULL));
    TAILQ_REMOVE(&docs->states[doc->state], doc, link);
    docs->counts[doc->state]--;
    if (doc->at) { /* it leaves its daemon, whatever it becomes */
        assert(doc->at->in_flight > 0);
        doc->at->in_flight--;
        doc->at = NULL;
    }
    doc->state = state;
    docs->counts[state]++;
    if (first)
        TAILQ_INSERT_HEAD(&docs->states[state], doc, link);
    else
        TAILQ_INSERT_TAIL(&docs->states[state], doc, link);
}

void docs_beat(struct docs *docs, struct doc *doc, uint64_t now_ns)
{
    if (doc->is_request)
        return;
    TAILQ_REMOVE(&docs->beats, doc, beat);
    TAILQ_INSERT_TAIL(&docs->beats, doc, beat);
    doc->beaten_ns = now_ns;
}

void docs_free(struct docs *docs, struct doc *doc)
{
    assert(doc->state == DOC_GONE);
    TAILQ_REMOVE(&docs->states[DOC_GONE], doc, link);
    docs->counts[DOC_GONE]--;
    HASH_DELETE(by_number, docs->numbers, doc);
    if (doc->is_request) {
        docs->n_requests--;
    } else {
        HASH_DELETE(by_sequence, docs->sequences, doc);
        TAILQ_REMOVE(&docs->beats, doc, beat);
    }
    form_free(&doc->form);
    natsMsg_Destroy(doc->msg);
    natsMsg_Destroy(doc->out);
    free(doc->name);
    free(doc->ack);
    free(doc);
}

unsigned docs_held(const struct docs *docs)
{
    return docs->counts[DOC_WAITING] + docs->counts[DOC_DELAYED] + docs->counts[DOC_RUNNING];
}

unsigned docs_all(const struct docs *docs)
{
    return docs_held(docs) + docs->counts[DOC_STORING] + docs->counts[DOC_ACKING];
}
