/* turns.h: turns of phrase that say something else than the sum of their words: "never a better one", "the bug was
 * fixed", "can't praise it enough", "4 out of 5 stars", "please make it faster". What the list (turns_list.c) finds
 * in a sentence speaks in place of its words: these add nothing themselves.
 *
 * Most sentences have none, and to look for one takes longer than to read a sentence. So of each pattern that
 * element is its key which fewest sentences have a word of. A token is looked up once; only from a key is a pattern
 * tried, to either side, and only the tokens that it comes to are looked at. Linear in the tokens: a turn is of some
 * dozen tokens at most, and only the first TURNS_MOST_TOKENS are looked at. */
#ifndef SENTIMENT_TURNS_H
#define SENTIMENT_TURNS_H

#include <stdbool.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define TURNS_MOST 12u /* of a sentence */
#define TURNS_MOST_TOKENS 256u
#define TURNS_SET 8
#define TURNS_MOST_WORDS 3072u
#define TURNS_MOST_PATTERNS (64u * TURNS_SET)
#define TURNS_BUCKETS 1024u
#define TURNS_BUCKET 8u
#define TURNS_ASKED_LOG 15
#define TURNS_ASKED_BITS (1u << TURNS_ASKED_LOG)
#define TURNS_MOST_ROWS 1024u
#define TURNS_MOST_ELEMENTS 4000u
#define TURNS_MOST_MEMBERS 20000u

struct reader;

enum turn_kind {
    TURN_SAYS,  /* its value */
    TURN_STILL, /* nothing: a fact, a question, a courtesy */
    TURN_HIDES, /* nothing, and the rest of the sentence is as if it were not there */
    TURN_NAMES, /* the same: it is a name */
};

struct turn {
    uint32_t first, end; /* tokens */
    float value;         /* from -4 to 4 */
    enum turn_kind kind;
};

/* A bit for each pattern. */
struct turn_set {
    uint64_t bits[TURNS_SET];
};

struct turn_element {
    uint16_t first, n; /* of the members: word numbers, ascending */
    uint16_t classes;  /* or a token of one of these */
    uint8_t gap;       /* instead: up to so many tokens of one clause */
    bool is_optional, is_not;
    uint8_t anchor; /* instead: '^' or '$', where a clause starts or ends */
    uint64_t some;  /* a bit for each member, by its number: most words are none of them */
};

struct turn_pattern {
    uint16_t first, n;   /* elements */
    int8_t value;        /* tenths */
    char does, covers;   /* see turns_list.c */
    bool is_fixed;       /* a negation before it does not turn it */
    uint8_t key;         /* which element */
    uint8_t least, most; /* tokens that may stand before it */
};

/* What a word is besides a key: of a field, or what ratings are known by (ratings.h). */
enum {
    TURN_WORD_FINANCE = 1,
    TURN_WORD_SUPPORT = 2,
    TURN_WORD_MOST = 4,   /* finance, twice */
    TURN_WORD_RATES = 8,  /* "stars" */
    TURN_WORD_OUT = 16,   /* with an "of" */
    TURN_WORD_ZERO = 32,  /* with a "%" */
    TURN_WORD_FIELD = 64, /* any field */
    TURN_WORD_ASKED = 128 /* all these, and those that a pattern needs */
};

/* Words by hash: upper bits of it choose the bucket, further ones are the tag. */
struct turn_bucket {
    uint16_t tags[TURNS_BUCKET], numbers[TURNS_BUCKET]; /* an unused tag has the number 0 */
};

/* The list, made ready once. A pattern has a bit in each set, a word its number, from 1. */
struct turns {
    struct turn_bucket buckets[TURNS_BUCKETS];
    /* A bit for each word that is TURN_WORD_ASKED, at the highest of its hash, so that most words need no search. */
    uint64_t asked[TURNS_ASKED_BITS / 64];
    /* Of each word the patterns that it is a key of, and those whose second element it is of, in a row that words
     * share; what it is besides. Of number 0: none. */
    struct turn_set needs[TURNS_MOST_ROWS][2];
    uint16_t rows[TURNS_MOST_WORDS];
    uint8_t does[TURNS_MOST_WORDS]; /* TURN_WORD_… */
    uint16_t members[TURNS_MOST_MEMBERS];
    struct turn_element elements[TURNS_MOST_ELEMENTS];
    struct turn_pattern patterns[TURNS_MOST_PATTERNS];
    struct turn_set always;            /* the patterns that have no second */
    struct turn_set good, bad, number; /* those that need a token of that class besides */
    uint32_t n_patterns;
    uint32_t n_words, n_rows, n_members, n_elements; /* while it is made */
    /* The first of the elements of enum name_words. */
    uint32_t name_words;
};

/* Words that are names when they start with a capital; that start no name but behind some words; those words, and
 * titles; that stand within names; that stand behind one. In the order of turns_make.c. */
enum name_words { NAMES, NO_NAMES, BEFORE_NAME, JOINS_NAME, BEHIND_NAME };

/* The list of the program (turns_make.c). */
extern const struct turns turns_made;

static inline uint32_t turns_bucket(uint64_t hash)
{
    return (uint32_t)(hash >> 40) % TURNS_BUCKETS;
}

static inline uint16_t turns_tag(uint64_t hash)
{
    return (uint16_t)(hash >> 24);
}

static inline uint32_t turns_asked_bit(uint64_t hash)
{
    return (uint32_t)(hash >> (64 - TURNS_ASKED_LOG));
}

/* Not 0: the word of this hash may be TURN_WORD_ASKED. */
static inline uint64_t turns_may_ask(const struct turns *turns, uint64_t hash)
{
    uint32_t bit = turns_asked_bit(hash);

    return turns->asked[bit / 64] >> bit % 64 & 1;
}

/* The number of the word of this hash; 0: it is none of the list. A word in some 100,000 is taken for another.
 * Without a branch, as no sentence foretells which of its words are of the list. */
static inline uint16_t turns_number(const struct turns *turns, uint64_t hash)
{
    const struct turn_bucket *bucket = &turns->buckets[turns_bucket(hash)];
    uint64_t number = 0;

#if defined(__SSE2__)
    __m128i tags = _mm_loadu_si128((const __m128i *)(const void *)bucket->tags);
    __m128i numbers = _mm_loadu_si128((const __m128i *)(const void *)bucket->numbers);
    __m128i same = _mm_and_si128(numbers, _mm_cmpeq_epi16(tags, _mm_set1_epi16((short)turns_tag(hash))));
    _mm_storel_epi64((__m128i *)(void *)&number, _mm_or_si128(same, _mm_unpackhi_epi64(same, same)));
    number |= number >> 32;
    number |= number >> 16;
#elif defined(__aarch64__) && defined(__ARM_NEON)
    uint16x8_t tags = vld1q_u16(bucket->tags), numbers = vld1q_u16(bucket->numbers);
    uint16x8_t same = vandq_u16(numbers, vceqq_u16(tags, vdupq_n_u16(turns_tag(hash))));
    number = vget_lane_u64(vreinterpret_u64_u16(vorr_u16(vget_low_u16(same), vget_high_u16(same))), 0);
    number |= number >> 32;
    number |= number >> 16;
#else
    for (uint32_t i = 0; i < TURNS_BUCKET; i++)
        number |= bucket->numbers[i] & (0 - (uint64_t)(bucket->tags[i] == turns_tag(hash)));
#endif
    return (uint16_t)number;
}

/* Finds the turns of the sentence at tokens [first, last), in order, apart from each other. Returns how many. */
uint32_t turns_find(struct reader *reader, uint32_t first, uint32_t last, struct turn found[TURNS_MOST]);

/* ---- turns_list.c
 * ------------------------------------------------------------------------------------------------------ */

struct turn_line {
    const char *pattern;
    float value;
    const char *does;
};

struct turn_words {
    const char *name, *words;
};

extern const struct turn_line turn_lines[];
extern const struct turn_words turn_words[];

/* ---- turns_make.c
 * ------------------------------------------------------------------------------------------------------ */

/* What a token may be. */
enum turn_class {
    CLASS_GOOD = 1,
    CLASS_BAD = 2,
    CLASS_UP = 4,
    CLASS_DOWN = 8,
    CLASS_GAIN = 16,
    CLASS_COST = 32,
    CLASS_NOT = 64,
    CLASS_MORE = 128,
    CLASS_NUMBER = 256,
    CLASS_WORD = 512,
    CLASS_END = 1024, /* a mark that ends a clause */
    CLASS_CONTRAST = 2048,
    CLASS_UNREAL = 4096,
    CLASS_LESS = 8192,
};

#endif
