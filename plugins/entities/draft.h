/* draft.h: a document while it is being tagged, and the passes over it, for the tagger's own files. Each token has one
 * `struct word`; a pass marks what it found on the words, so whatever the passes do, the result is ordered, doesn't
 * overlap and keeps to token borders. */
#ifndef ENTITIES_DRAFT_H
#define ENTITIES_DRAFT_H

#include <stdbool.h>
#include <string.h>

#include "plugins/entities/lists.h"
#include "plugins/entities/memory.h"
#include "plugins/entities/shape.h"
#include "plugins/entities/tagger.h"

/* Bits of word.lists. */
#define LISTED_FIRST_NAME 1u
#define LISTED_SURNAME 2u
#define LISTED_OPENER 4u
#define LISTED_COMMON 8u /* every opener is common, too */

/* Bits of word.flags. */
#define WORD_OPENS 1u  /* the first word of a sentence, or behind an opening quote or a colon */
#define WORD_GLUED 2u  /* nothing stands between it and the token before */
#define WORD_BREAKS 4u /* an empty line stands before it */
#define WORD_BEGINS 8u /* an entity begins here */

struct word {
    uint8_t shape;      /* enum shape */
    uint8_t cue;        /* enum cue */
    uint8_t expression; /* enum expression */
    uint8_t lists;
    uint8_t flags;
    uint8_t last_head;  /* the type of a name that ends with this word or has it before "of"; ENTITY_NONE */
    uint8_t first_head; /* the type of a name that starts with this word; ENTITY_NONE */
    uint8_t type;       /* of the entity that it is part of; ENTITY_NONE */
    uint8_t score;      /* of that, in percent */
};

/* How far capitals can be trusted in a sentence. */
enum capitals {
    CAPITALS_NORMAL,
    CAPITALS_TITLE, /* "Tim Cook To Visit New Berlin Plant" */
    CAPITALS_SHOUT  /* "TIM COOK TO VISIT NEW BERLIN PLANT" */
};

/* Tokens [first, end) of a sentence. */
struct stretch {
    uint32_t first, end;
    uint8_t capitals;
};

/* Tokens [first, end) that look like a name or a part of one. */
struct run {
    uint32_t first, end;
    uint32_t stretch;
    uint8_t type;  /* ENTITY_NONE: not known yet */
    uint8_t rule;  /* enum entity_rule: what typed it */
    uint8_t score; /* of that, in percent; less when it was typed for another run's sake */
    uint8_t opens; /* its place in the sentence may be the only reason for its capital */
};

struct draft {
    const struct lists *lists;
    const struct entity_input *input;
    const struct entity_means *means;
    struct word *words;
    struct stretch *stretches;
    struct run *runs;
    struct memory memory;
    uint32_t n_stretches, n_runs, n_capitals; /* n_capitals: words with a capital; no run is without one */
};

/* The rules, with the score that an entity gets from each: about the rule's precision on news, in percent. README.md
 * shows this table. */
#define ENTITY_RULES(X) \
    X(LISTED, 90, "the whole name is in a list") \
    X(SUFFIX, 95, "a company's suffix: \"Inc\"") \
    X(HEAD, 80, "a word that names its kind: \"University\", \"Lake\", \"Airport\"") \
    X(TITLED, 90, "a title or role stands before: \"Dr\", \"striker\"") \
    X(FIRST_NAME, 90, "a first name, then more of a name") \
    X(INITIALS, 85, "initials, \"Jr\"") \
    X(PARTICLE, 70, "\"van\", \"bin\" between two capitalised words") \
    X(EXPLAINED, 80, "a comma and what it is: \", a carmaker\"") \
    X(CONTEXT, 65, "a word beside it: \"in\", \"said\", \"shares\"") \
    X(FIRST_ALONE, 60, "a first name or a surname alone") \
    X(WEAK_CONTEXT, 45, "a word beside it that goes with other kinds, too: \"at\", \"to\"") \
    X(ACRONYM, 80, "in brackets behind the name that it stands for") \
    X(PART, 75, "part of a name that stands elsewhere in the document") \
    X(COORDINATED, 55, "joined to a name of that kind by \"and\" or a comma") \
    X(PLACE_FIRST, 45, "a place, then words that no list has: mostly an organization's name") \
    X(TWO_WORDS, 60, "two or three capitalised words that no list has: mostly people") \
    X(CAPITALS, 45, "an unknown word all in capitals: often an organization") \
    X(LONE, 30, "one capitalised word and no other evidence") \
    X(PATTERN, 95, "dates, amounts, links: by pattern") \
    X(LIKELY_PATTERN, 75, "a pattern that fits other things, too: a bare year")

enum entity_rule {
    RULE_NONE,
#define X(name, score, meaning) RULE_##name,
    ENTITY_RULES(X)
#undef X
};

/* The score of a rule, in percent. */
uint8_t rule_score(enum entity_rule rule);

#define STOP_INTERVAL 4096 /* tokens between two questions whether to stop: well below a millisecond */

static inline const char *word_bytes(const struct draft *d, uint32_t i)
{
    return d->input->text + d->input->tokens[i].start;
}

static inline uint32_t word_length(const struct draft *d, uint32_t i)
{
    return d->input->tokens[i].end - d->input->tokens[i].start;
}

/* The number of bytes from the start of token `first` to the end of token `end - 1`. */
static inline uint32_t words_length(const struct draft *d, uint32_t first, uint32_t end)
{
    return d->input->tokens[end - 1].end - d->input->tokens[first].start;
}

static inline bool word_is(const struct draft *d, uint32_t i, const char *what)
{
    return word_length(d, i) == strlen(what) && memcmp(word_bytes(d, i), what, strlen(what)) == 0;
}

static inline bool word_is_apostrophe_s(const struct draft *d, uint32_t i)
{
    return word_is(d, i, "'s") || word_is(d, i, "’s") || word_is(d, i, "'S");
}

/* Starts with a capital letter, or has one within. */
static inline bool word_is_capital(const struct draft *d, uint32_t i)
{
    uint8_t shape = d->words[i].shape;

    return shape == SHAPE_CAPITAL || shape == SHAPE_UPPER || shape == SHAPE_INITIAL || shape == SHAPE_MIXED;
}

/* Not yet part of an entity, and written like a name. */
static inline bool word_is_free_capital(const struct draft *d, uint32_t i, uint32_t end)
{
    return i < end && d->words[i].type == ENTITY_NONE && word_is_capital(d, i);
}

/* Marks tokens [first, end) as one entity. They must be free. */
void draft_mark(struct draft *d, uint32_t first, uint32_t end, uint8_t type, uint8_t score);

/* words.c: fills in shape, flags and what the lists say for every token; finds the stretches and how each is written;
 * counts in the memory how the words are written. TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED, as the passes below. */
int32_t words_look_up(struct draft *d);

/* numbers.c: amounts that start at token `i` of a stretch that ends at `end`: money, percentages, measures. Puts the type
 * into *type and returns the token behind; 0 when none starts there. */
uint32_t amount_match(const struct draft *d, uint32_t i, uint32_t end, uint8_t *type);

/* dates.c: the same for dates and times, with the rule. `begin` is the stretch's first token. */
uint32_t date_match(const struct draft *d, uint32_t begin, uint32_t i, uint32_t end, uint8_t *type, uint8_t *rule);

/* extent.c: the token behind the row of capitalised words that starts at `first`, a word with a capital, in a stretch that ends
 * at `end`. */
uint32_t run_end(const struct draft *d, uint32_t first, uint32_t end);

/* runs.c: cuts each stretch's capitalised words into runs, and types those that tell by themselves what they are. */
int32_t runs_collect(struct draft *d);

/* phrases.c: the longest listed phrase that starts at token `first` and ends at `end` or before. Puts its type into
 * *type and returns the token behind; 0 when there is none. `trust_capitals`: acronyms count. */
uint32_t phrase_match(const struct draft *d, uint32_t first, uint32_t end, bool trust_capitals, uint8_t *type);

/* evidence.c: types the other runs from what stands around them and elsewhere, and marks them. */
int32_t runs_judge(struct draft *d);

#endif
