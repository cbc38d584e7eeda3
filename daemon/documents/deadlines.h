/* deadlines.h: when each document stops being wanted: a binary heap (Williams 1964) by deadline, so that one timer serves
 * all, and a document leaves it in logarithmic time when its reply is out. */
#ifndef TD_DEADLINES_H
#define TD_DEADLINES_H

#include "daemon/net/doc.h"

struct td_deadlines {
    struct td_doc **heap; /* from 1; a document's deadline_slot is its index */
    size_t count, capacity;
};

/* Adds a document by its deadline_ns. -1 when memory runs out. */
int td_deadlines_add(struct td_deadlines *deadlines, struct td_doc *doc);

/* Takes it out; does nothing when it isn't in. */
void td_deadlines_remove(struct td_deadlines *deadlines, struct td_doc *doc);

/* The document with the soonest deadline, or NULL. */
struct td_doc *td_deadlines_first(const struct td_deadlines *deadlines);

void td_deadlines_free(struct td_deadlines *deadlines);

#endif
