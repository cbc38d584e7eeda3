/* vocabulary.h: the words that a text is read with: the model's and, before them, the operator's own. Immutable once it is made. */
#ifndef SENTIMENT_VOCABULARY_H
#define SENTIMENT_VOCABULARY_H

#include "plugins/sentiment/own.h"
#include "plugins/sentiment/turns.h"
#include "plugins/sentiment/word.h"

/* What stands for all tokens of a sort, in the model, under a name that no token has. */
#define STAND_INS(X) \
    X(USER, "\001user") \
    X(LINK, "\001link") \
    X(NUMBER, "\001number") \
    X(SMALL_START, "\001small") /* a text that starts with a small letter */

enum stand_in {
#define X(name, word) STAND_IN_##name,
    STAND_INS(X)
#undef X
        N_STAND_INS
};

struct vocabulary {
    const struct sentiment_model *model;
    struct words own; /* no entries: the operator has none */
    uint64_t phrases[PHRASE_BITS / 64];
    const struct entry *stand_ins[N_STAND_INS];
    const struct turns *turns;
};

/* Stands for the entry of what is not known: adds nothing, and its ENTRY_SPEAKS, which no word has, tells it apart. */
extern const struct entry vocabulary_nothing;

/* Fills in *vocabulary. `own` may be NULL. Borrows both. */
void vocabulary_make(struct vocabulary *vocabulary, const struct sentiment_model *model, const struct own_words *own);

/* The weights of polarity, N_GENRES of them, of an entry in the scope of a negation. */
const uint8_t *vocabulary_denied(const struct vocabulary *vocabulary, const struct entry *entry);

static inline bool vocabulary_may_have(const struct vocabulary *vocabulary, uint64_t phrase)
{
    uint32_t bit = phrase_bit(phrase);

    return vocabulary->phrases[bit / 64] >> bit % 64 & 1;
}

static inline const struct entry *vocabulary_find(const struct vocabulary *vocabulary, uint64_t hash)
{
    if (vocabulary->own.entries) {
        const struct entry *entry = words_find(&vocabulary->own, hash);
        if (entry)
            return entry;
    }
    return words_find(&vocabulary->model->words, hash);
}

#endif
