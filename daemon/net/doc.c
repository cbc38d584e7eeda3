/* doc.c: see doc.h. */
#include "daemon/net/doc.h"

#include <assert.h>
#include <stdlib.h>

/* What one document's options may take; a request's own size bounds them further. */
#define OPTIONS_BYTES (1u << 20)

/* Beyond this many the pool gives memory back: a flood's height need not be kept for ever. */
#define KEEP_FREE 4096u

/* Of those, what a quiet time keeps. */
#define KEEP_QUIET 64u

/* A document in the pool keeps its buffer for options, but not one that was blown up. */
#define KEEP_OPTIONS 4096u

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_DOC_##name] = { text, to },
    TD_DOC_STATES(X)
#undef X
};

void td_doc_become(struct td_doc *doc, enum td_doc_state state)
{
    td_state_check(states, doc->state, state);
    doc->state = state;
}

void td_doc_list_append(struct td_doc_list *list, struct td_doc *doc)
{
    doc->next = NULL;
    doc->before = list->last;
    *(list->last ? &list->last->next : &list->first) = doc;
    list->last = doc;
    list->count++;
}

void td_doc_list_prepend(struct td_doc_list *list, struct td_doc *doc)
{
    doc->before = NULL;
    doc->next = list->first;
    *(list->first ? &list->first->before : &list->last) = doc;
    list->first = doc;
    list->count++;
}

void td_doc_list_remove(struct td_doc_list *list, struct td_doc *doc)
{
    assert(list->count > 0);
    *(doc->before ? &doc->before->next : &list->first) = doc->next;
    *(doc->next ? &doc->next->before : &list->last) = doc->before;
    doc->next = doc->before = NULL;
    list->count--;
}

struct td_doc *td_doc_take(struct td_doc_pool *pool)
{
    struct td_doc *doc = pool->free;

    if (doc) {
        pool->free = doc->next;
        pool->n_free--;
    } else if (!(doc = calloc(1, sizeof *doc))) {
        return NULL;
    }
    struct td_buf options = doc->options;
    options.length = 0;
    options.full = 0;
    options.limit = OPTIONS_BYTES;
    pool->n_taken++;
    *doc = (struct td_doc) { .options = options };
    td_doc_become(doc, TD_DOC_READ);
    zmq_msg_init(&doc->request.body);
    zmq_msg_init(&doc->request.text_frame);
    return doc;
}

void td_doc_give_back(struct td_doc_pool *pool, struct td_doc *doc)
{
    assert(doc->deadline_slot == 0 && !doc->worker);
    zmq_msg_close(&doc->request.body);
    zmq_msg_close(&doc->request.text_frame);
    free(doc->request.envelope.hops);
    doc->request.envelope.hops = NULL;
    td_warnings_free(&doc->request.warnings);
    td_doc_become(doc, TD_DOC_FREE);
    pool->n_taken--;
    if (doc->options.capacity > KEEP_OPTIONS)
        td_buf_free(&doc->options);
    if (pool->n_free >= KEEP_FREE) {
        td_buf_free(&doc->options);
        free(doc);
        return;
    }
    doc->next = pool->free;
    pool->free = doc;
    pool->n_free++;
}

static void shrink_to(struct td_doc_pool *pool, uint32_t n)
{
    while (pool->n_free > n) {
        struct td_doc *doc = pool->free;
        pool->free = doc->next;
        pool->n_free--;
        td_buf_free(&doc->options);
        free(doc);
    }
}

void td_doc_pool_shrink(struct td_doc_pool *pool)
{
    shrink_to(pool, KEEP_QUIET);
}

void td_doc_pool_free(struct td_doc_pool *pool)
{
    shrink_to(pool, 0);
}
