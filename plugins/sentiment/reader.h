/* reader.h: goes over the tokens of a sentence once, from left to right, and sums up what they say: the learned
 * weights of words and phrases, and what the rules make of words with a valence in their place (negated,
 * intensified, …). What the sums mean is for score.h. Time is linear in the tokens, memory is constant. */
#ifndef SENTIMENT_READER_H
#define SENTIMENT_READER_H

#include "plugins/sentiment/token_text.h"
#include "plugins/sentiment/vocabulary.h"
#include "plugins/sentiment/weights.h"

/* What the neighbours of a word have done to it. */
#define PLACES(X) \
    X(NEGATED, "negated") \
    X(MORE, "intensified") \
    X(LESS, "dampened") \
    X(UNREAL, "conditional") \
    X(CAPITALS, "capitals") \
    X(BEFORE, "before_contrast") \
    X(AFTER, "after_contrast")

enum place {
#define X(name, word) PLACE_##name,
    PLACES(X)
#undef X
        N_PLACES
};

/* Sums of valences: of those above 0, and of those below. */
struct balance {
    float praise, blame; /* blame is 0 or less */
};

static inline void balance_join(struct balance *balance, struct balance more)
{
    balance->praise += more.praise;
    balance->blame += more.blame;
}

/* What some stretch of text says. Sums of stretches are added up by sums_add. */
struct sums {
    int64_t lanes[N_LANES];
    float tokens, said; /* said: words with a valence */
    float exclamations, questions;
    struct balance plain, placed[N_PLACES], negated_more, asked;
    struct balance final; /* what the rules make of the words in their places */
    struct balance rated; /* the same by Hutto and Gilbert's lexicon and rules alone */
    float most, least;    /* of single words, in their places */
    /* Of turns of phrase (turns.h): what they say, and how many tokens they, and those that say nothing, speak for. */
    float turned, spoken_for, still;
    float named;            /* tokens of names, that are passed over */
    float finance, support; /* words of these fields */
};

void sums_add(struct sums *sums, const struct sums *more);

/* What was heard at one token, for those who ask. */
struct heard {
    int32_t weights
        [N_GENRES]; /* of polarity, all that were added here: of the word, in its place, and of phrases that start here */
    float final;    /* what the rules made of it; of a phrase, at its first token; before a contrast behind it */
    float turned;   /* by a turn of phrase that starts here */
    uint8_t places;   /* a bit for each enum place, and one for turns of phrase */
    uint8_t length;   /* of the longest phrase that starts here, tokens; 0: none */
    bool is_contrast; /* what stands before it in the sentence counts by CONTRAST_FACTOR */
};

#define BATCH_MOST 64u /* a bit for each */

/* Tokens that are looked up at once, so that memory answers for some while others are asked for. What doesn't depend
 * on where a stretch starts and ends is found here, once: around names a sentence is read many times. */
struct batch {
    uint32_t first, end;
    uint64_t marks, others;      /* the tokens that are punctuation; those that are neither that nor words */
    uint64_t numbers;            /* of the others: their weights are found, as words' are */
    uint64_t ends, stops, calls; /* what the marks do, see marks.h */
    uint64_t telling;            /* words and marks that say more than their weights */
    uint64_t saying;             /* those with a valence, or that make one with others; signs, links and phrases */
    uint64_t shaped;             /* of these, words that are known by their shape only, see lookup_by_shape */
    uint64_t keys, fields;       /* those that the list of turns of phrase asks for (turns.h); those of a field */
    uint64_t hashes[BATCH_MOST];
    const struct entry *found[BATCH_MOST]; /* never NULL: vocabulary_nothing for what is not known */
    uint64_t paired;  /* the tokens that make a phrase with the next: its hash and entry are in the arrays below */
    uint64_t phrases; /* of these phrases, those that say something to the rules or go on */
    uint64_t pair_hashes[BATCH_MOST];
    const struct entry *pairs[BATCH_MOST]; /* of the others: vocabulary_nothing */
    uint16_t turn_words[BATCH_MOST];       /* of `keys`, their numbers in that list */
    /* The weights of all entries found, and of pairs, before each token, from some place on: differences count. */
    struct weight_bytes before[BATCH_MOST + 1];
};

/* The bits from `k` to `end`. */
static inline uint64_t bits_between(uint32_t k, uint32_t end)
{
    return k == end ? 0 : ~0ull >> (64 - (end - k)) << k;
}

#define CONTRAST_FACTOR 0.5f

struct reader {
    const struct vocabulary *vocabulary;
    const struct token_text *text;
    bool words;
    struct heard *heard; /* NULL, or room for an element a token from `heard_from` on */
    uint32_t heard_from;
    /* To each entry that is added, whole (1) or a share of its polarity more; NULL, but for trainers. */
    void (*listen)(void *data, const struct entry *entry, bool is_denied, float share);
    void *listen_data;
    /* The sentence so far. */
    struct sums sums;
    struct weight_sums weights;
    uint32_t start;                                /* its first token */
    uint32_t now, last;                            /* the token that is being read; where this stretch ends */
    uint32_t hidden;                               /* tokens before this belong to a phrase that has spoken */
    uint32_t negation_end, degree_end, unreal_end; /* the tokens before these are in their reach */
    enum role degree_role;
    uint32_t degree_at, negation_at; /* behind the last such token; 0: none */
    enum role degree_at_role;
    bool after_contrast;
    uint32_t n_turns;
    struct turn turns[TURNS_MOST]; /* of this sentence, which are not read */
    bool is_loud;                  /* the word that is being read, by its capitals */
    int8_t has_small;              /* letters; -1: nobody has looked */
    int8_t is_post;                /* the text, see turns.c; -1: nobody has looked */
    uint64_t denied;               /* tokens of the batch */
    struct waiting {
        uint32_t at;
        float value; /* 0: none */
    } direction, quantity;
    uint64_t paired;  /* of the batch's pairs, those within this stretch */
    uint64_t phrases; /* of these, those that say something to the rules or go on */
    struct batch batch;
};

/* Reads the text with the vocabulary from now on; `words` is false when it is not English, and only signs are read. */
void reader_open(struct reader *reader, const struct vocabulary *vocabulary, const struct token_text *text, bool words);

/* Whether the token that is being read is negated, intensified or dampened, not real. */
static inline bool reader_is_negated(const struct reader *r)
{
    return r->now < r->negation_end;
}

static inline bool reader_has_degree(const struct reader *r)
{
    return r->now < r->degree_end;
}

static inline bool reader_is_unreal(const struct reader *r)
{
    return r->now < r->unreal_end;
}

/* Starts a sentence at token `first`. */
void reader_start(struct reader *reader, uint32_t first);

/* Reads on, to token `last`, words as they stand. */
void reader_read(struct reader *reader, uint32_t first, uint32_t last);

/* Reads on, to token `last`; the turns of the sentence, which are known, speak for themselves. */
void reader_read_turned(struct reader *reader, uint32_t first, uint32_t last);

/* Finds the turns of the sentence at tokens [first, last). */
void reader_find_turns(struct reader *reader, uint32_t first, uint32_t last);

/* Whether a token at [first, last) may say anything; when none may, reading them leaves sums.said at 0. Says of some that
 * they may which don't in their place, and of all that the batch doesn't have. */
bool reader_may_say(const struct reader *reader, uint32_t first, uint32_t last);

/* Whether tokens that stand before the stretch [from, to), down to `first`, or behind it, up to `last`, may change what its
 * words say, or say something themselves. When none may, the stretch alone has the same balance as with them. */
bool reader_is_touched(const struct reader *reader, uint32_t first, uint32_t from, uint32_t to, uint32_t last);

/* Whether at [first, last) there may be a stretch that is touched, see above; so there are two tokens at least that may
 * touch others. */
bool reader_has_parts(const struct reader *reader, uint32_t first, uint32_t last);

/* A sentence, at tokens [first, last), that has been read whole. */
struct whole {
    uint32_t first, last;
    bool is_plain; /* it has no turns, and the batch has all of it */
    int8_t has_small;
    uint64_t denied;
    struct sums sums;
};

/* What was read last. Holds until another sentence is read. */
struct whole reader_whole(const struct reader *reader, uint32_t first, uint32_t last);

/* The sums of the sentence as if the tokens [first, last) weren't there. False when these did more than add their weights, or
 * may have; then it is to be read without them. */
bool reader_without(struct reader *reader, const struct whole *whole, uint32_t first, uint32_t last, struct sums *sums);

/* Ends the sentence, whose sums are then in reader->sums. */
void reader_end(struct reader *reader);

/* Adds what stands for all tokens of a sort. */
void reader_stand_in(struct reader *reader, enum stand_in stand_in);

#endif
