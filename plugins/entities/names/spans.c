/* spans.c: see spans.h. */
#include "plugins/entities/names/spans.h"

#include <string.h>

#include "plugins/entities/order.h"

/* Σ a[k] b[k]. */
static float product(const float *a, const float *b, uint32_t n)
{
    float sum = 0;

    for (uint32_t k = 0; k < n; k++)
        sum += a[k] * b[k];
    return sum;
}

/* A candidate whose types' probabilities are a[k] b[k]. */
static struct span span_of(uint32_t first, uint32_t end, const float *a, const float *b, uint32_t n_types)
{
    struct span span = { .first = first, .end = end };

    for (uint32_t k = 0; k < n_types; k++) {
        float p = a[k] * b[k];
        span.p += p;
        if (p > span.of_type) {
            span.of_type = p;
            span.type = k;
        }
    }
    return span;
}

/* Adds the candidates of two tokens or more that start at `first`. It ends where none that goes on is a candidate: since the names
 * that hold a token share a probability of 1, few starts get as far as any. */
static uint32_t add_longer(const struct lattice *l, const struct transitions *t, uint32_t first, uint32_t n,
                           struct span *out)
{
    uint32_t n_types = t->n_types, last = label_make(n_types, 0, PLACE_LAST),
             inside = label_make(n_types, 0, PLACE_INSIDE), found = 0;
    const float *to_last = t->last, *to_inside = t->inside;
    float open[NAME_MOST_TYPES], closed[NAME_MOST_TYPES];

    memcpy(open, l->ahead[first], n_types * sizeof *open);
    for (uint32_t i = first + 1; i < n; i++) {
        for (uint32_t k = 0; k < n_types; k++) {
            closed[k] = open[k] * to_last[k] * l->factor[i][last + k] * l->scale[i];
            open[k] *= to_inside[k] * l->factor[i][inside + k] * l->scale[i];
        }
        struct span span = span_of(first, i + 1, closed, l->behind[i] + last, n_types);
        if (span.p >= SPAN_LEAST)
            out[found++] = span;
        if (product(open, l->behind[i] + inside, n_types) < SPAN_LEAST)
            break;
        to_last = t->inside_last;
        to_inside = t->inside_inside;
    }
    return found;
}

static uint32_t find_candidates(const struct lattice *l, const struct transitions *t, uint32_t n, struct span *out)
{
    uint32_t n_types = t->n_types, unit = label_make(n_types, 0, PLACE_UNIT), found = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (product(l->ahead[i] + unit, l->behind[i] + unit, n_types) >= SPAN_LEAST)
            out[found++] = span_of(i, i + 1, l->ahead[i] + unit, l->behind[i] + unit, n_types);
        if (product(l->ahead[i], l->behind[i], n_types) >= SPAN_LEAST)
            found += add_longer(l, t, i, n, out + found);
    }
    return found;
}

/* The most probable is the smallest: floats above 0 are in the order of their bits. */
static uint64_t key_of(const struct span *span, uint32_t index)
{
    uint32_t bits;

    memcpy(&bits, &span->p, sizeof bits);
    return (uint64_t)~bits << 32 | index;
}

static bool take(uint8_t *taken, const struct span *span)
{
    if (memchr(taken + span->first, 1, span->end - span->first))
        return false;
    memset(taken + span->first, 1, span->end - span->first);
    return true;
}

uint32_t spans_find(const struct spans *s, const struct lattice *l, const struct transitions *t, uint32_t n)
{
    uint32_t found = find_candidates(l, t, n, s->all), kept = 0;

    if (found == 0)
        return 0;
    for (uint32_t i = 0; i < found; i++)
        s->keys[i] = key_of(&s->all[i], i);
    order_keys(s->keys, found);
    memset(s->taken, 0, n);
    for (uint32_t k = 0; k < found; k++)
        s->all[(uint32_t)s->keys[k]].p *= take(s->taken, &s->all[(uint32_t)s->keys[k]]) ? 1 : 0;
    for (uint32_t i = 0; i < found; i++)
        if (s->all[i].p > 0)
            s->all[kept++] = s->all[i];
    return kept;
}
