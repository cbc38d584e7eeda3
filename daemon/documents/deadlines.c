/* deadlines.c: see deadlines.h. */
#include "daemon/documents/deadlines.h"

#include <stdlib.h>

static void put(struct td_deadlines *d, size_t slot, struct td_doc *doc)
{
    d->heap[slot] = doc;
    doc->deadline_slot = slot;
}

/* Moves what stands at `slot` towards the root while it is sooner than what is above it. */
static void rise(struct td_deadlines *d, size_t slot)
{
    struct td_doc *doc = d->heap[slot];

    while (slot > 1 && doc->deadline_ns < d->heap[slot / 2]->deadline_ns) {
        put(d, slot, d->heap[slot / 2]);
        slot /= 2;
    }
    put(d, slot, doc);
}

static void sink(struct td_deadlines *d, size_t slot)
{
    struct td_doc *doc = d->heap[slot];

    for (size_t child = 2 * slot; child <= d->count; child = 2 * slot) {
        if (child < d->count && d->heap[child + 1]->deadline_ns < d->heap[child]->deadline_ns)
            child++;
        if (doc->deadline_ns <= d->heap[child]->deadline_ns)
            break;
        put(d, slot, d->heap[child]);
        slot = child;
    }
    put(d, slot, doc);
}

int td_deadlines_add(struct td_deadlines *d, struct td_doc *doc)
{
    if (d->count + 1 >= d->capacity) {
        size_t capacity = d->capacity ? 2 * d->capacity : 1024;
        struct td_doc **heap = realloc(d->heap, capacity * sizeof *heap);
        if (!heap)
            return -1;
        d->heap = heap;
        d->capacity = capacity;
    }
    put(d, ++d->count, doc);
    rise(d, d->count);
    return 0;
}

void td_deadlines_remove(struct td_deadlines *d, struct td_doc *doc)
{
    size_t slot = doc->deadline_slot;

    if (slot == 0)
        return;
    doc->deadline_slot = 0;
    struct td_doc *last = d->heap[d->count--];
    if (last == doc)
        return;
    put(d, slot, last);
    sink(d, slot);
    rise(d, last->deadline_slot);
}

struct td_doc *td_deadlines_first(const struct td_deadlines *d)
{
    return d->count > 0 ? d->heap[1] : NULL;
}

void td_deadlines_free(struct td_deadlines *d)
{
    free(d->heap);
    *d = (struct td_deadlines) { 0 };
}
