/* hand.h: who has which document: given to a worker, taken back from it, put back into the queue. Dispatch gives, supervision
 * takes from the dead; both through here, so that a worker's list, its bytes and a document's state agree. */
#ifndef TD_HAND_H
#define TD_HAND_H

#include "daemon/documents/documents.h"

/* Whether the worker's channel has memory for one more: afterwards td_hand_give can't fail. */
int td_hand_can_give(struct td_worker *worker);

/* Gives a WAITING document, which was just taken out of the queue and is assigned to the worker's generation: its job's parts
 * are added to the channel where they lie, and it is RUNNING. The next flush sends it. `now`: when, here and below. */
void td_hand_give(struct td_documents *docs, struct td_worker *worker, struct td_doc *doc, uint64_t now);

/* Takes a document out of its worker's list: it is done, or the worker is dead. Suspended plugins that it was to try have
 * `survived` it or not; `blamed` (or TD_NO_PLUGIN) is the one that has been blamed for it already. */
void td_hand_take_back(struct td_doc *doc, int survived, uint32_t blamed);

/* Puts a document that was taken back from a dead worker to the head of the queue, to be run by the generation that serves
 * now. One that asks for what only the dead worker's generation had is answered: then it returns 0. */
int td_hand_put_back(struct td_documents *docs, struct td_doc *doc);

/* Puts an accepted document that is in no queue into that of the pool that it is assigned to, which serves. TD_E_INTERNAL:
 * no memory; it is in none then. */
int td_hand_enqueue(struct td_documents *docs, struct td_doc *doc, int at_head, struct td_err *err);

/* Nobody waits for the worker's first document any more: asks the plugin to stop, and gives it a while to do so. */
void td_hand_unwanted(struct td_documents *docs, struct td_worker *worker);

/* The worker's first document has left it: what about the one that is first now? */
void td_hand_look_at_next(struct td_documents *docs, struct td_worker *worker, uint64_t now);

/* The shortest time limit of the plugins that a document runs: no sooner can one of them be over it. */
uint64_t td_hand_shortest_limit_ns(const struct td_generation *generation, const struct td_doc *doc);

/* A worker that hasn't begun its first document after this long is looked at: a healthy one takes microseconds. */
#define TD_STALL_NS (1000 * UINT64_C(1000000))

#endif
