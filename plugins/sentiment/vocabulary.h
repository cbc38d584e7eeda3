/* vocabulary.h: the words that a text is read with: the model's and, before them, the operator's own. Immutable once it is made, but for what it
 * remembers, which changes no answer. */
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

/* What is known of a word besides its entry, a bit for each. */
enum {
    KNOWN_TELLS = 1,   /* the rules must hear of it; all else that it says is in its weights */
    KNOWN_SAYS = 2,    /* it has a valence, or makes one with others */
    KNOWN_GOES_ON = 4, /* a phrase starts with it */
    KNOWN_ASKED = 8,   /* the list of turns of phrase asks for it */
    KNOWN_FIELD = 16,  /* it is of a field */
    KNOWN_NOT = 32     /* it has no entry */
};

struct known_word {
    uint64_t hash;
    const struct entry *entry; /* vocabulary_nothing when it has none */
    uint16_t turn_word;        /* its number in that list, if it is asked for; else 0 */
    uint8_t is;                /* KNOWN_… */
};

/* Words that were looked up last, each at the upper bits of its hash: of a stream of news three quarters are found here,
 * of one of posts more than half. */
#define RECENT_LOG 11
#define RECENT_MOST (1u << RECENT_LOG)

struct vocabulary {
    const struct sentiment_model *model;
    struct words own; /* no entries: the operator has none */
    uint64_t phrases[PHRASE_BITS / 64];
    const struct entry *stand_ins[N_STAND_INS];
    const struct turns *turns;
    struct known_word recent[RECENT_MOST];
};

static inline uint32_t vocabulary_recent(uint64_t hash)
{
    return (uint32_t)(hash >> (64 - RECENT_LOG));
}

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
