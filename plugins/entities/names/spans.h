/* spans.h: which spans of a run of tokens are names: those that are most probably names at all, whatever their type. Two types that
 * share a span's probability add up, where the best sequence of labels would hide a name of which only the type is in doubt. The choice is
 * by minimum Bayes risk (Goodman 1996, "Parsing algorithms and metrics": what is right part by part, not as a whole). */
#ifndef NAMES_SPANS_H
#define NAMES_SPANS_H

#include "plugins/entities/names/lattice.h"

/* What is less probable is no candidate. Not a matter of taste: it bounds how many there are, since spans that share a token share a
 * probability of 1. */
#define SPAN_LEAST 0.04f

struct span {
    uint32_t first, end;
    float p, of_type; /* that it is a name; that it is one of its most probable type */
    uint32_t type;
};

/* Of a run of `n` tokens, at most. */
static inline uint32_t spans_room(uint32_t n)
{
    return n * ((uint32_t)(1 / SPAN_LEAST) + 1);
}

/* Room for the candidates of a run. */
struct spans {
    struct span *all; /* spans_room */
    uint64_t *keys;   /* as many */
    uint8_t *taken;   /* a token each */
};

/* The names of a run of `n` tokens after lattice_sums, into spans->all, in their order, not overlapping: each candidate in turn, the most
 * probable first, unless it overlaps one before it. So what is left out for its low probability never hid another. How many. */
uint32_t spans_find(const struct spans *spans, const struct lattice *lattice, const struct transitions *factors,
                    uint32_t n);

#endif
