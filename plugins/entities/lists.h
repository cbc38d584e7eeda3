/* lists.h: the word lists of the tagger, one resource file each, read once at create and never changed. */
#ifndef ENTITIES_LISTS_H
#define ENTITIES_LISTS_H

#include <stddef.h>
#include <stdint.h>

struct lexicon;

/* Each list: its name in C, its file. What the numbers in a file mean is told at the file's head, and is one of the
 * enums below. */
#define ENTITY_LISTS(X) \
    X(cues, "cues.txt") \
    X(expressions, "expressions.txt") \
    X(common, "common-words.txt") \
    X(first_names, "first-names.txt") \
    X(surnames, "surnames.txt") \
    X(places, "places.txt") \
    X(peoples, "peoples.txt") \
    X(organizations, "organizations.txt") \
    X(acronyms, "acronyms.txt") \
    X(last_heads, "heads-last.txt") \
    X(first_heads, "heads-first.txt")

struct lists {
#define X(name, file) struct lexicon *name;
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

/* Reads the list `name` of ENTITY_LISTS ("places") from its file's text. 0, or -1 with the reason. A number that the
 * list's enum doesn't have is an error. */
int lists_add(struct lists *lists, const char *file, const char *text, size_t length, char *reason, size_t reason_size);

/* Frees all lists that were read; the struct itself is the caller's. */
void lists_free(struct lists *lists);

/* The word's number in a list, 0 when it is not in it. A full stop at the word's end counts or not: "Corp." is "corp". */
uint8_t list_find(const struct lexicon *list, const char *word, size_t length);

#endif
