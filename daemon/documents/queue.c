/* queue.c: see queue.h. */
#include "daemon/documents/queue.h"

#include <assert.h>
#include <stddef.h>

static struct td_lane *lane_of(struct td_turn *turn)
{
    return (struct td_lane *)((char *)turn - offsetof(struct td_lane, in_turn));
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

static struct td_lane *share_lane_of(const struct td_queue *queue, struct td_connection *client)
{
    return td_lane_of(&td_connection_share(client)->lane, queue);
}

/* Its lane, which is in the ring afterwards; *share is that of its share. */
static struct td_lane *enter(struct td_queue *queue, struct td_doc *doc, struct td_lane **share)
{
    struct td_lane *lane = td_lane_of(&doc->client->lane, queue);

    *share = share_lane_of(queue, doc->client);
    doc->lane = lane;
    if (lane->waiting.count > 0)
        return lane;
    if (!(*share)->turn)
        ring_enter(&queue->turn, &(*share)->in_turn);
    ring_enter(&(*share)->turn, &lane->in_turn);
    return lane;
}

void td_queue_push(struct td_queue *queue, struct td_doc *doc)
{
    struct td_lane *share;

    td_doc_list_append(&enter(queue, doc, &share)->waiting, doc);
    if (doc->state != TD_DOC_WAITING)
        td_doc_become(doc, TD_DOC_WAITING);
    queue->count++;
}

void td_queue_push_back(struct td_queue *queue, struct td_doc *doc)
{
    struct td_lane *share, *lane = enter(queue, doc, &share);

    td_doc_list_prepend(&lane->waiting, doc);
    queue->turn = &share->in_turn;
    share->turn = &lane->in_turn;
    td_doc_become(doc, TD_DOC_WAITING);
    queue->count++;
}

struct td_doc *td_queue_peek(const struct td_queue *queue)
{
    return queue->turn ? lane_of(lane_of(queue->turn)->turn)->waiting.first : NULL;
}

struct td_doc *td_queue_pop(struct td_queue *queue)
{
    struct td_doc *doc = td_queue_peek(queue);

    if (!doc)
        return NULL;
    lane_of(queue->turn)->turn = doc->lane->in_turn.next;
    queue->turn = queue->turn->next;
    td_queue_remove(queue, doc);
    return doc;
}

void td_queue_remove(struct td_queue *queue, struct td_doc *doc)
{
    struct td_lane *lane = doc->lane, *share;

    assert(doc->state == TD_DOC_WAITING && queue->count > 0 && lane->queue == queue);
    td_doc_list_remove(&lane->waiting, doc);
    doc->lane = NULL;
    queue->count--;
    if (lane->waiting.count > 0)
        return;
    share = share_lane_of(queue, doc->client);
    ring_leave(&share->turn, &lane->in_turn);
    if (!share->turn)
        ring_leave(&queue->turn, &share->in_turn);
}
