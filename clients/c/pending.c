/* pending.c: see pending.h. A chained hash table. Ids are mostly consecutive, but may be addresses or the like, whose low bits
 * are all the same: so it is the high bits of a product that choose (Knuth 1973, 6.4: multiplicative hashing). */
#include "clients/c/pending.h"

#include <assert.h>
#include <stdlib.h>

#include <textd/client.h>

#define FIRST_BUCKETS 64

static struct pending **bucket_of(const struct pending_table *table, uint64_t id)
{
    return &table->buckets[(id * UINT64_C(0x9E3779B97F4A7C15)) >> 32 & (table->n_buckets - 1)];
}

static int grow(struct pending_table *table)
{
    struct pending_table bigger = *table;

    bigger.n_buckets = table->n_buckets ? 2 * table->n_buckets : FIRST_BUCKETS;
    bigger.buckets = calloc(bigger.n_buckets, sizeof *bigger.buckets);
    if (!bigger.buckets)
        return -1;
    for (size_t i = 0; i < table->n_buckets; i++)
        for (struct pending *p = table->buckets[i], *next; p; p = next) {
            struct pending **bucket = bucket_of(&bigger, p->id);
            next = p->next;
            p->next = *bucket;
            *bucket = p;
        }
    free(table->buckets);
    *table = bigger;
    return 0;
}

int pending_reserve(struct pending_table *table)
{
    return table->n < table->n_buckets ? 0 : grow(table);
}

void pending_add(struct pending_table *table, struct pending *p)
{
    struct pending **bucket = bucket_of(table, p->id);

    p->next = *bucket;
    *bucket = p;
    p->older = table->youngest;
    p->younger = NULL;
    *(table->youngest ? &table->youngest->younger : &table->oldest) = p;
    table->youngest = p;
    table->n++;
}

struct pending *pending_find(const struct pending_table *table, uint64_t id)
{
    struct pending *p = table->n_buckets ? *bucket_of(table, id) : NULL;

    while (p && p->id != id)
        p = p->next;
    return p;
}

/* Out of its list, but not out of its bucket. */
static void take_out(struct pending_table *table, struct pending *p)
{
    int is_waited_for = p->state != PENDING_ABANDONED;

    *(p->older ? &p->older->younger : is_waited_for ? &table->oldest : &table->abandoned) = p->younger;
    if (p->younger)
        p->younger->older = p->older;
    else if (is_waited_for)
        table->youngest = p->older;
}

void pending_abandon(struct pending_table *table, struct pending *p)
{
    assert(p->state != PENDING_ABANDONED);
    take_out(table, p);
    p->state = PENDING_ABANDONED;
    p->older = NULL;
    p->younger = table->abandoned;
    if (p->younger)
        p->younger->older = p;
    table->abandoned = p;
}

int pending_remove(struct pending_table *table, uint64_t id)
{
    if (table->n_buckets == 0)
        return 0;
    for (struct pending **link = bucket_of(table, id); *link; link = &(*link)->next)
        if ((*link)->id == id) {
            struct pending *p = *link;
            *link = p->next;
            take_out(table, p);
            table->n--;
            pending_free(p);
            return 1;
        }
    return 0;
}

void pending_drop_bytes(struct pending *p)
{
    zmq_msg_close(&p->body);
    zmq_msg_init(&p->body);
    if (p->has_text)
        zmq_msg_close(&p->text);
    p->has_text = 0;
}

void pending_free(struct pending *p)
{
    pending_drop_bytes(p);
    textd_reply_free(p->reply);
    free(p);
}

static void free_all(struct pending *p)
{
    for (struct pending *younger; p; p = younger) {
        younger = p->younger;
        pending_free(p);
    }
}

void pending_clear(struct pending_table *table)
{
    free_all(table->oldest);
    free_all(table->abandoned);
    free(table->buckets);
    *table = (struct pending_table) { 0 };
}
