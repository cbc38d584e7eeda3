/* turns.h: turns of phrase that say something else than the sum of their words: "never a better one", "the bug was fixed", "can't praise it
 * enough", "4 out of 5 stars", "please make it faster". What the list (turns_list.c) finds in a sentence speaks in place of its words: these
 * add nothing themselves.
 *
 * Most sentences have none, and to look for one takes longer than to read a sentence. So of each pattern two elements are chosen that few sentences
 * have: the reader notes in passing which of them a sentence has words for (turns_note), and it is looked through only for the patterns of
 * which it has both (turns_wanted). Linear in the tokens: a turn is of some dozen tokens at most, and only the first TURNS_MOST_TOKENS are looked at. */
#ifndef SENTIMENT_TURNS_H
#define SENTIMENT_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#define TURNS_MOST 12u /* of a sentence */
#define TURNS_MOST_TOKENS 256u
#define TURNS_SET 6
#define TURNS_KEY_BITS (1u << 16)
#define TURNS_MOST_WORDS 3072u
#define TURNS_MOST_PATTERNS (64u * TURNS_SET)
#define TURNS_MOST_ELEMENTS 6000u
#define TURNS_MOST_MEMBERS 40000u

struct reader;

enum turn_kind {
    TURN_SAYS,  /* its value */
    TURN_STILL, /* nothing: a fact, a question, a courtesy */
    TURN_HIDES, /* nothing, and the rest of the sentence is as if it were not there */
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
    uint32_t classes;  /* or a token of one of these */
    uint8_t gap;       /* instead: up to so many tokens of one clause */
    bool is_optional, is_not;
    uint8_t anchor; /* instead: '^' or '$', where a clause starts or ends */
};

struct turn_pattern {
    uint16_t first, n; /* elements */
    int8_t value;      /* tenths */
    char does, covers; /* see turns_list.c */
    bool is_fixed;     /* a negation before it does not turn it */
};

/* The list, made ready once. A pattern has a bit in each set, a word its number, from 1. */
struct turns {
    /* Bits for the hashes of the words of elements that were chosen, and of all words. */
    uint64_t keys[TURNS_KEY_BITS / 64], words[TURNS_KEY_BITS / 64];
    uint64_t hashes[2 * TURNS_MOST_WORDS]; /* open addressing; 0: empty */
    uint16_t numbers[2 * TURNS_MOST_WORDS];
    /* Of each word, the patterns whose first, and second, such element it is of, and those that it may start. */
    struct turn_set needs[TURNS_MOST_WORDS][2], heads[TURNS_MOST_WORDS];
    uint8_t fields[TURNS_MOST_WORDS];  /* FIELD_WORD_… */
    struct turn_set always;            /* the patterns that have no second */
    struct turn_set number, good, bad; /* those that need a word of that class besides */
    struct turn_set ratings;           /* what is no pattern, but ratings.h */
    uint16_t members[TURNS_MOST_MEMBERS];
    struct turn_element elements[TURNS_MOST_ELEMENTS];
    struct turn_pattern patterns[TURNS_MOST_PATTERNS];
    uint32_t n_words, n_members, n_elements, n_patterns;
    uint32_t
        name_words; /* the element of words that are names when they start with a capital; the next: that start no name */
};

/* The list of the program. Made at the first call, by one thread: call it before there are others. */
const struct turns *turns_list(void);

static inline uint32_t turns_key_bit(uint64_t hash)
{
    return (uint32_t)(hash >> 44) % TURNS_KEY_BITS;
}

/* Whether the word of this hash may be a key. */
static inline uint64_t turns_may_be(const struct turns *turns, uint64_t hash)
{
    uint32_t bit = turns_key_bit(hash);

    return turns->keys[bit / 64] >> bit % 64 & 1;
}

enum { FIELD_WORD_FINANCE = 1, FIELD_WORD_SUPPORT = 2, FIELD_WORD_MOST = 4 /* finance, twice */ };

/* Notes what a token of this hash, which may be a key, has for patterns. Returns of which fields it is a word. */
uint8_t turns_note(const struct turns *turns, uint64_t hash, struct turn_set noted[2]);

/* The patterns of which all is there that was chosen; whether there are some. */
bool turns_wanted(const struct turns *turns, const struct turn_set noted[2], bool has_number, bool has_good,
                  bool has_bad, struct turn_set *wanted);

/* Finds the turns of the sentence at tokens [first, last), in order, apart from each other. Returns how many. */
uint32_t turns_find(struct reader *reader, uint32_t first, uint32_t last, struct turn found[TURNS_MOST]);

/* ---- turns_list.c ------------------------------------------------------------------------------------------------------ */

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

#endif
