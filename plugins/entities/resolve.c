/* resolve.c: see resolve.h. Entities that overlap come in groups, mostly of two; each group is settled by itself. Since a
 * finder's entities don't overlap each other, two lists of n and m have at most n + m - 1 overlapping pairs, so looking at
 * each pair is linear. */
#include "plugins/entities/resolve.h"

#include <stdbool.h>
#include <string.h>

#include "plugins/entities/order.h"
#include "plugins/lib/grapheme.h"

#define LONGEST ((1u << 28) - 1) /* bytes; longer ones count as equally long */

/* Entities [first, end) of each list: a group, or all. */
struct range {
    uint32_t first[FOUND_COUNT], end[FOUND_COUNT];
};

struct resolver {
    struct entity_list *lists;
    uint8_t *taken[FOUND_COUNT]; /* one an entity */
    uint64_t *keys;              /* of a group: what comes first in the order is smaller; the low half is the index */
    struct entity_list *out;
};

/* Drops what isn't wanted. */
static void filter(const struct entity_input *input, struct entity_list *list, double min_score)
{
    struct grapheme_cursor cursor = grapheme_cursor(input->text, input->text_length);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < list->n; i++) {
        const struct entity *e = &list->entities[i];

        if (entity_is_wanted(e->name_score, min_score) && grapheme_is_border(&cursor, e->span.start) &&
            grapheme_is_border(&cursor, e->span.end))
            list->entities[kept++] = *e;
    }
    list->n = kept;
}

static uint64_t key_of(const struct entity *e, uint64_t source, uint32_t index)
{
    uint64_t length = e->span.end - e->span.start, turn = e->yields ? 2 : source != FOUND_DICTIONARY;

    return turn << 62 | (LONGEST - (length < LONGEST ? length : LONGEST)) << 34 | source << 32 | index;
}

/* The first entity of a list, among [first, end), that ends behind `at`. */
static uint32_t find_end(const struct entity_list *list, uint32_t first, uint32_t end, uint32_t at)
{
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;

        if (list->entities[middle].span.end > at)
            end = middle;
        else
            first = middle + 1;
    }
    return first;
}

static bool overlaps_taken(const struct resolver *r, const struct range *group, struct textd_span span)
{
    for (uint32_t s = 0; s < FOUND_COUNT; s++) {
        const struct entity *of = r->lists[s].entities;

        for (uint32_t i = find_end(&r->lists[s], group->first[s], group->end[s], span.start);
             i < group->end[s] && of[i].span.start < span.end; i++)
            if (r->taken[s][i])
                return true;
    }
    return false;
}

static void settle(struct resolver *r, const struct range *group)
{
    uint32_t n = 0;

    for (uint32_t s = 0; s < FOUND_COUNT; s++)
        for (uint32_t i = group->first[s]; i < group->end[s]; i++)
            r->keys[n++] = key_of(&r->lists[s].entities[i], s, i);
    order_keys(r->keys, n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t s = (uint32_t)(r->keys[k] >> 32) & 3, i = (uint32_t)r->keys[k];

        r->taken[s][i] = !overlaps_taken(r, group, r->lists[s].entities[i].span);
    }
}

/* The list whose next entity starts first; FOUND_COUNT when all are at their ends. */
static uint32_t next_list(const struct resolver *r, const uint32_t *at, const uint32_t *end)
{
    uint32_t best = FOUND_COUNT;

    for (uint32_t s = 0; s < FOUND_COUNT; s++)
        if (at[s] < end[s] && (best == FOUND_COUNT ||
                               r->lists[s].entities[at[s]].span.start < r->lists[best].entities[at[best]].span.start))
            best = s;
    return best;
}

static void put_taken(struct resolver *r, const struct range *group)
{
    struct range at = *group;

    for (uint32_t s; (s = next_list(r, at.first, group->end)) < FOUND_COUNT; at.first[s]++)
        if (r->taken[s][at.first[s]])
            r->out->entities[r->out->n++] = r->lists[s].entities[at.first[s]];
}

/* Cuts the lists into groups that nothing overlaps from outside. */
static void settle_groups(struct resolver *r)
{
    uint32_t n[FOUND_COUNT];
    struct range group = { 0 };
    uint32_t s;

    for (s = 0; s < FOUND_COUNT; s++)
        n[s] = r->lists[s].n;
    while ((s = next_list(r, group.end, n)) < FOUND_COUNT) {
        uint32_t behind = 0, size = 0;

        memcpy(group.first, group.end, sizeof group.first);
        do {
            const struct entity *e = &r->lists[s].entities[group.end[s]++];

            behind = e->span.end > behind ? e->span.end : behind;
            size++;
            s = next_list(r, group.end, n);
        } while (s < FOUND_COUNT && r->lists[s].entities[group.end[s]].span.start < behind);
        if (size > 1) {
            settle(r, &group);
            put_taken(r, &group);
            continue;
        }
        for (s = 0; group.first[s] == group.end[s];)
            s++;
        r->out->entities[r->out->n++] = r->lists[s].entities[group.first[s]];
    }
}

int32_t entities_resolve(const struct entity_input *input, const struct entity_means *means,
                         struct entity_list lists[FOUND_COUNT], double min_score, struct entity_list *out)
{
    struct resolver r = { .lists = lists, .out = out };
    size_t n = 0, used = 0;
    uint8_t *taken;

    for (uint32_t s = 0; s < FOUND_COUNT; s++) {
        filter(input, &lists[s], min_score);
        n += lists[s].n;
    }
    out->n = 0;
    out->entities = means->alloc(means->context, (n + 1) * sizeof *out->entities);
    r.keys = means->alloc(means->context, (n + 1) * sizeof *r.keys);
    taken = means->alloc(means->context, n + 1);
    if (!out->entities || !r.keys || !taken)
        return TEXTD_NO_MEMORY;
    memset(taken, 0, n);
    for (uint32_t s = 0; s < FOUND_COUNT; s++) {
        r.taken[s] = taken + used;
        used += lists[s].n;
    }
    settle_groups(&r);
    return TEXTD_OK;
}
