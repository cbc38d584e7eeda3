/* queue.c: see queue.h. */
#include "daemon/documents/queue.h"

#include <assert.h>
#include <stddef.h>

static struct td_share *share_of(struct td_turn *turn)
{
    return (struct td_share *)((char *)turn - offsetof(struct td_share, in_turn));
}

static struct td_connection *connection_of(struct td_turn *turn)
{
    return (struct td_connection *)((char *)turn - offsetof(struct td_connection, in_turn));
}

/* Enters the ring as the last whose turn comes. */
static void ring_enter(struct td_turn **first, struct td_turn *new)
{
    struct td_turn *turn = *first;

    if (!turn) {
        new->next = new->before = new;
        *first = new;
        return;
    }
    new->next = turn;
    new->before = turn->before;
    turn->before->next = new;
    turn->before = new;
}

static void ring_leave(struct td_turn **first, struct td_turn *old)
{
    if (*first == old)
        *first = old->next == old ? NULL : old->next;
    old->before->next = old->next;
    old->next->before = old->before;
}

/* Before its first document waits. */
static void enter(struct td_queue *queue, struct td_connection *client, struct td_share *share)
{
    if (client->waiting.count > 0)
        return;
    if (!share->turn)
        ring_enter(&queue->turn, &share->in_turn);
    ring_enter(&share->turn, &client->in_turn);
}

void td_queue_push(struct td_queue *queue, struct td_doc *doc)
{
    enter(queue, doc->client, td_connection_share(doc->client));
    td_doc_list_append(&doc->client->waiting, doc);
    td_doc_become(doc, TD_DOC_WAITING);
    queue->count++;
}

void td_queue_push_back(struct td_queue *queue, struct td_doc *doc)
{
    struct td_share *share = td_connection_share(doc->client);

    enter(queue, doc->client, share);
    td_doc_list_prepend(&doc->client->waiting, doc);
    queue->turn = &share->in_turn;
    share->turn = &doc->client->in_turn;
    td_doc_become(doc, TD_DOC_WAITING);
    queue->count++;
}

struct td_doc *td_queue_peek(const struct td_queue *queue)
{
    return queue->turn ? connection_of(share_of(queue->turn)->turn)->waiting.first : NULL;
}

struct td_doc *td_queue_pop(struct td_queue *queue)
{
    struct td_doc *doc = td_queue_peek(queue);

    if (!doc)
        return NULL;
    td_connection_share(doc->client)->turn = doc->client->in_turn.next;
    queue->turn = queue->turn->next;
    td_queue_remove(queue, doc);
    return doc;
}

void td_queue_remove(struct td_queue *queue, struct td_doc *doc)
{
    struct td_share *share = td_connection_share(doc->client);

    assert(doc->state == TD_DOC_WAITING && queue->count > 0);
    td_doc_list_remove(&doc->client->waiting, doc);
    queue->count--;
    if (doc->client->waiting.count > 0)
        return;
    ring_leave(&share->turn, &doc->client->in_turn);
    if (!share->turn)
        ring_leave(&queue->turn, &share->in_turn);
}
