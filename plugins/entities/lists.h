/* lists.h: the word lists of the tagger, one resource file each, read once at create and never changed. */
#ifndef ENTITIES_LISTS_H
#define ENTITIES_LISTS_H

#include <stddef.h>
#include <stdint.h>

struct lexicon;

/* Each list: its name in C, its file, the highest number in it. What the numbers mean is told at the file's head, and is one
 * of the enums below. */
#define ENTITY_LISTS(X) \
    X(cues, "cues.txt", CUE_COUNT - 1) \
    X(expressions, "expressions.txt", EXPRESSION_COUNT - 1) \
    X(common, "common-words.txt", COMMON_COUNT - 1) \
    X(first_names, "first-names.txt", 1) \
    X(surnames, "surnames.txt", 1) \
    X(places, "places.txt", 1) \
    X(peoples, "peoples.txt", 1) \
    X(organizations, "organizations.txt", 1) \
    X(acronyms, "acronyms.txt", ACRONYM_COUNT - 1) \
    X(last_heads, "heads-last.txt", HEAD_COUNT - 1) \
    X(first_heads, "heads-first.txt", HEAD_COUNT - 1)

struct lists {
#define X(name, file, highest) struct lexicon *name;
    ENTITY_LISTS(X)
#undef X
};

/* cues.txt: words that tell something about the name beside them. */
enum cue {
    CUE_NONE,
    CUE_TITLE,         /* "Mr": a person follows */
    CUE_ROLE,          /* "president", "striker": a person may follow */
    CUE_ROLE_MODIFIER, /* "prime", "vice": part of a role */
    CUE_SPEECH,        /* "said" */
    CUE_IN,            /* a place may follow, and hardly anything else */
    CUE_TO,            /* a place may follow */
    CUE_PARTICLE,      /* "van", "bin": inside a person's or a place's name */
    CUE_OF,
    CUE_FOR, /* "for", "on": inside an organization's name */
    CUE_AND,
    CUE_THE,
    CUE_ORG_SUFFIX,    /* "Inc" */
    CUE_PERSON_SUFFIX, /* "Jr" */
    CUE_ORG_AFTER,     /* "shares": an organization stands before */
    CUE_WHO,           /* a person stands before */
    CUE_PLACE_NOUN,    /* "city", "province" */
    CUE_ORG_NOUN,      /* "carmaker", "newspaper" */
    CUE_ARTICLE,       /* "a", "its": may stand between a comma and a noun that explains a name */
    CUE_DIRECTION,     /* "Northern": part of a place's name when it has a capital */
    CUE_COUNT
};

/* expressions.txt: words that numbers, dates and times are made of. */
enum expression {
    EXPRESSION_NONE,
    EXPRESSION_MONTH,
    EXPRESSION_MONTH_WORD,  /* "May", "March": also other words */
    EXPRESSION_MONTH_SHORT, /* "Jan": needs a number beside it */
    EXPRESSION_WEEKDAY,
    EXPRESSION_WEEKDAY_SHORT,
    EXPRESSION_DAY,     /* "yesterday" */
    EXPRESSION_PERIOD,  /* "week" */
    EXPRESSION_PERIODS, /* "weeks" */
    EXPRESSION_SHIFT,   /* "last", "next" */
    EXPRESSION_AGO,
    EXPRESSION_CLOCK, /* "a.m." */
    EXPRESSION_NOON,
    EXPRESSION_ZONE,   /* "GMT" */
    EXPRESSION_NUMBER, /* "twenty" */
    EXPRESSION_MAGNITUDE,
    EXPRESSION_SIGN,     /* "$", "USD": before the number */
    EXPRESSION_CURRENCY, /* "dollars" */
    EXPRESSION_PERCENT,
    EXPRESSION_UNIT,
    EXPRESSION_M,       /* "m": metres or million */
    EXPRESSION_ORDINAL, /* "first" */
    EXPRESSION_ORDINAL_SUFFIX,
    EXPRESSION_YEAR_CUE, /* "in", "since": a bare year may follow */
    EXPRESSION_RANGE,    /* "to", "-": between two numbers */
    EXPRESSION_QUARTER,  /* "Q3" */
    EXPRESSION_COUNT
};

/* common-words.txt */
enum common {
    COMMON_NONE,
    COMMON_OPENER, /* never begins a name, save one that is listed */
    COMMON_WORD,
    COMMON_COUNT
};

/* acronyms.txt */
enum acronym { ACRONYM_NONE, ACRONYM_ORG, ACRONYM_LOC, ACRONYM_COUNT };

/* heads-last.txt, heads-first.txt: what a name is that ends or begins with the word. */
enum head { HEAD_NONE, HEAD_ORG, HEAD_LOC, HEAD_FAC, HEAD_EVENT, HEAD_LAW, HEAD_COUNT };

/* Reads the list of that file from the file's text; each list can be read once. 0, or -1 with the reason: a line is wrong, or
 * has a number that the list doesn't know. */
int lists_add(struct lists *lists, const char *file, const char *text, size_t length, char *reason, size_t reason_size);

/* Frees all lists that were read; the struct itself is the caller's. */
void lists_free(struct lists *lists);

/* The word's number in a list, 0 when it is not in it. A full stop at the word's end counts or not: "Corp." is "corp". */
uint8_t list_find(const struct lexicon *list, const char *word, size_t length);

#endif
