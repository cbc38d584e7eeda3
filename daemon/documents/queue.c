/* queue.c: see queue.h. */
#include "daemon/documents/queue.h"

#include <assert.h>

/* Enters the ring as the last whose turn comes. */
static void ring_enter(struct td_queue *queue, struct td_connection *client)
{
    struct td_connection *turn = queue->turn;

    if (!turn) {
        client->next_in_turn = client->before_in_turn = client;
        queue->turn = client;
        return;
    }
    client->next_in_turn = turn;
    client->before_in_turn = turn->before_in_turn;
    turn->before_in_turn->next_in_turn = client;
    turn->before_in_turn = client;
}

static void ring_leave(struct td_queue *queue, struct td_connection *client)
{
    if (queue->turn == client)
        queue->turn = client->next_in_turn == client ? NULL : client->next_in_turn;
    client->before_in_turn->next_in_turn = client->next_in_turn;
    client->next_in_turn->before_in_turn = client->before_in_turn;
}

void td_queue_push(struct td_queue *queue, struct td_doc *doc)
{
    if (doc->client->waiting.count == 0)
        ring_enter(queue, doc->client);
    td_doc_list_append(&doc->client->waiting, doc);
    td_doc_become(doc, TD_DOC_WAITING);
    queue->count++;
}

void td_queue_push_back(struct td_queue *queue, struct td_doc *doc)
{
    if (doc->client->waiting.count == 0)
        ring_enter(queue, doc->client);
    td_doc_list_prepend(&doc->client->waiting, doc);
    queue->turn = doc->client;
    td_doc_become(doc, TD_DOC_WAITING);
    queue->count++;
}

struct td_doc *td_queue_peek(const struct td_queue *queue)
{
    return queue->turn ? queue->turn->waiting.first : NULL;
}

struct td_doc *td_queue_pop(struct td_queue *queue)
{
    struct td_doc *doc = td_queue_peek(queue);

    if (!doc)
        return NULL;
    queue->turn = doc->client->next_in_turn;
    td_queue_remove(queue, doc);
    return doc;
}

void td_queue_remove(struct td_queue *queue, struct td_doc *doc)
{
    assert(doc->state == TD_DOC_WAITING && queue->count > 0);
    td_doc_list_remove(&doc->client->waiting, doc);
    if (doc->client->waiting.count == 0)
        ring_leave(queue, doc->client);
    queue->count--;
}
