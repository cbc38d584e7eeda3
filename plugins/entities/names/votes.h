/* votes.h: what the first reading of a page said of each word, for the second: a name that is plain in one place tells what the
 * same words are in another (after Krishnan and Manning 2006, "An effective two-stage model for exploiting non-local
 * dependencies in named entity recognition", and Ratinov and Roth's extended prediction history). */
#ifndef NAMES_VOTES_H
#define NAMES_VOTES_H

#include "plugins/entities/names/labels.h"
#include "plugins/entities/names/page.h"

/* Of a group of words, wherever one has a capital, if that is at two places or more. */
struct word_votes {
    uint64_t seen; /* the labels that have any, a bit each */
    uint16_t labels[NAME_MOST_LABELS];
};

/* What the other occurrences of a token's word are for the most part. */
struct verdict {
    uint16_t n;    /* the others */
    uint8_t label; /* the commonest */
    uint8_t share; /* how common: 3 all, 2 three quarters, 1 half, 0 less */
    /* The same where the word is a part of a longer name ("MaliVai Washington", for "Washington"); share: 4 all, and half of the
     * others or more, 3 all, 2 three quarters, 1 less; 0: it is in none. */
    uint8_t long_label, long_share;
};

struct votes {
    uint16_t *totals;  /* of each group of the page: at how many places */
    uint16_t *numbers; /* of each that is at several, among `words` */
    struct word_votes *words;
    struct verdict *verdicts; /* of each token that has one */
    const uint8_t *labels;    /* of each token, as the first reading had them */
};

int32_t votes_make(struct votes *votes, const struct page *page, const struct entity_means *means);

/* Counts the labels of the page's tokens and sums them up as verdicts; keeps the pointer. */
void votes_count(struct votes *votes, const struct page *page, const uint8_t *labels, uint32_t n_types);

#endif
