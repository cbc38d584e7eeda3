/* reader.h: a text as the grammars read it: as lexemes, which are words, numbers and signs. They are finer than
 * tokens, so that the grammars see the same whether a segmenter leaves "5pm", "$3.2bn" or "two-week" whole or cuts
 * them; an expression must begin and end where a token does. Lexemes are made when they are asked for, at most
 * MOST_LEXEMES from where an expression may begin, which bounds the time that any text can take. */
#ifndef ENTITIES_READER_H
#define ENTITIES_READER_H

#include <stdbool.h>
#include <string.h>

#include "plugins/entities/expressions/expressions.h"
#include "plugins/entities/expressions/vocabulary.h"

#define MOST_LEXEMES 40u

enum lexeme_kind { LEXEME_END, LEXEME_WORD, LEXEME_NUMBER, LEXEME_SIGN };

/* Bits of lexeme.flags. */
#define LEXEME_GLUED 1u    /* nothing stands between it and what is before */
#define LEXEME_OPENS 2u    /* begins with a token */
#define LEXEME_CLOSES 4u   /* ends with one */
#define LEXEME_CAPITAL 8u  /* a word with a capital at its start */
#define LEXEME_UPPER 16u   /* a word of capitals only */
#define LEXEME_GROUPED 32u /* a number with separators: "1,000" */
#define LEXEME_DECIMAL 64u /* a number with a point, or "½" */
#define LEXEME_CHAIN 128u  /* digits with points or commas that are no number: "1.2.3" */
#define LEXEME_POINTS 256u /* a chain that is a number where points stand between groups: "1.234.567" */

struct lexeme {
    _Alignas(64) uint32_t start; /* a line of the cache each, found by a shift */
    uint32_t end;
    const struct word *word; /* no_word when it is not in the vocabulary, or not written as it must be */
    const struct word *any;  /* the same, however it is written */
    uint64_t mantissa;       /* LEXEME_NUMBER: the number is mantissa * 10^-decimals */
    uint64_t letters;        /* LEXEME_WORD: its first eight bytes, as letters_load() has them */
    uint64_t classes;        /* of the word: a bit each, and the rest of them */
    uint16_t more_classes;
    uint32_t point; /* LEXEME_SIGN: the character */
    uint16_t flags;
    uint8_t kind;         /* enum lexeme_kind */
    uint8_t digits;       /* LEXEME_NUMBER: before the point */
    uint8_t decimals;     /* behind it */
    uint8_t class, other; /* the word's */
};

/* What number.c reads. */
struct number {
    double value, to;
    uint32_t behind;    /* the lexeme behind it; 0: there is none */
    uint8_t ways;       /* NUMBER_* */
    bool is_range;      /* then `to` holds */
    bool is_known;      /* otherwise it is like "several hundred" */
    bool in_words;      /* no digits */
    bool is_part;       /* "two thirds" */
    bool is_ratio;      /* "two out of three": of things, not of a unit */
    bool has_magnitude; /* "million" */
    bool is_bare;       /* digits only: no separators, no words */
    bool is_negative;
};

#define MOST_AMOUNTS 5u

/* What durations.c reads: how long, "two and a half years", "5 hours and 30 minutes". */
struct span {
    double number[MOST_AMOUNTS];
    uint8_t period[MOST_AMOUNTS]; /* enum period, from long to short */
    uint8_t n;
    bool is_known;   /* otherwise it is like "several days", and n is 1 */
    bool is_one;     /* "a week" */
    bool is_inexact; /* it is known, and has more decimals than are written */
    uint32_t behind;
};

/* Stands for what is no word of the vocabulary. */
extern const struct word no_word;

struct reader {
    const struct entity_input *input;
    const struct vocabulary *vocabulary;
    const struct expression_settings *settings;
    uint32_t token;            /* where the expression would begin */
    uint32_t end_token;        /* of the sentence */
    uint32_t first_token;      /* of the sentence */
    const struct word *before; /* the word before it; NULL */
    struct number number[2]; /* at lexeme 0: alone, and with the range that it may begin; most grammars ask for them */
    bool has_number[2];      /* whether they were read already */
    struct span span;        /* at lexeme 0, and the number that it begins with, maybe a range's */
    struct number span_number;
    bool has_span, is_counted, is_one_period; /* whether that was read already, and what it is */
    bool has_begins;                          /* the same of what may begin at lexeme 0, by begins.c */
    uint16_t begins;
    uint32_t said_end;                     /* behind the last expression that was said */
    uint32_t formless_start, formless_end; /* the last bytes without a blank that identifiers.c has found no form of */
    uint32_t list_end;                     /* how far a list of numbers without blanks goes, as far as was seen */
    uint8_t style;                         /* enum number_style, as far as it was asked for; of the whole text */
    uint32_t n, next_token, at;            /* lexemes made; what the next is made of */
    struct lexeme lexemes[MOST_LEXEMES];
};

/* What a grammar has found: an expression from the reader's token to the end of lexeme `behind - 1`. */
struct match {
    uint32_t behind; /* 0: nothing */
    uint8_t type;    /* ENTITY_NONE: it has been read, and nothing is to be said of it, nor of parts: "30 February" */
    uint8_t score;   /* percent */
    uint8_t form;    /* enum value_form */
    uint8_t is_range;
    uint8_t yields;      /* to a name in the same place */
    uint8_t read_beside; /* READ_BEFORE, READ_BEHIND */
    uint8_t cut;         /* bytes of the last token that are the sentence's: the period of "JR." */
    double number, to;
    char text[72]; /* the value, or the unit */
};

/* The grammar has looked at what stands right there, and it changes nothing: guard.h needn't ask. */
#define READ_BEFORE 1u
#define READ_BEHIND 2u

/* Makes the reader start at a token. */
void reader_start(struct reader *r, uint32_t token, const struct word *before);

/* Makes lexeme `i`; for lexeme(). */
const struct lexeme *reader_extend(struct reader *r, uint32_t i);

/* Lexeme `i`; behind the last of the sentence, or beyond MOST_LEXEMES, one of kind LEXEME_END. */
static inline const struct lexeme *lexeme(struct reader *r, uint32_t i)
{
    return __builtin_expect(i < r->n, 1) ? &r->lexemes[i] : reader_extend(r, i);
}

static inline bool is_class(struct reader *r, uint32_t i, enum word_class class)
{
    const struct lexeme *l = lexeme(r, i);

    return class < 64 ? l->classes >> class & 1 : l->more_classes >> (class - 64) & 1;
}

/* The same, however the word is written: "usd", "canadian". */
static inline bool is_any_class(struct reader *r, uint32_t i, enum word_class class)
{
    const struct word *word = lexeme(r, i)->any;

    return word->class == class || word->other == class;
}

static inline int32_t value_of(struct reader *r, uint32_t i, enum word_class class)
{
    const struct word *word = lexeme(r, i)->word;

    return word->class == class ? word->value : word->other_value;
}

static inline bool is_sign(struct reader *r, uint32_t i, uint32_t point)
{
    const struct lexeme *l = lexeme(r, i);

    return l->kind == LEXEME_SIGN && l->point == point;
}

static inline bool is_glued(struct reader *r, uint32_t i)
{
    return lexeme(r, i)->flags & LEXEME_GLUED;
}

/* A hyphen or a dash. */
static inline bool is_dash(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return l->kind == LEXEME_SIGN &&
           (l->point == '-' || (l->point >= 0x2010 && l->point <= 0x2014) || l->point == 0x2212);
}

/* Digits only, no separators. */
static inline bool is_integer(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return l->kind == LEXEME_NUMBER && !(l->flags & (LEXEME_GROUPED | LEXEME_DECIMAL | LEXEME_CHAIN));
}

/* The first eight bytes of a word as a lexeme has them. */
static inline __attribute__((always_inline)) uint64_t reader_letters(const char *word, size_t length)
{
    char first[8] = "";

    memcpy(first, word, length < 8 ? length : 8);
    return letters_first(letters_load(first), length < 8 ? (uint32_t)length : 8);
}

/* The word is one of the code, so that all but one comparison is done by the compiler. */
static inline __attribute__((always_inline)) bool is_word(struct reader *r, uint32_t i, const char *letters)
{
    const struct lexeme *l = lexeme(r, i);
    size_t length = strlen(letters), known = length < 8 ? length : 8;

    return l->letters == reader_letters(letters, length) &&
           (length < 8 ||
            (l->end - l->start == length &&
             (length == 8 || strncasecmp(r->input->text + l->start + known, letters + known, length - known) == 0)));
}

/* Whether it is one of a list's words, which have at most twelve bytes, in small letters. */
#define READER_LONGEST 12
bool reader_is_among(struct reader *r, uint32_t i, const char (*words)[READER_LONGEST], size_t n);
#define is_among(r, i, words) reader_is_among(r, i, words, sizeof(words) / sizeof(words)[0])

/* The lexeme behind a hyphen that joins, or `i`: "two-week", "two week". */
static inline uint32_t skip_hyphen(struct reader *r, uint32_t i)
{
    return is_dash(r, i) && is_glued(r, i) && is_glued(r, i + 1) ? i + 1 : i;
}

/* The token that ends at byte `at`, plus one; 0 when none does, or none of this sentence from the reader's token
 * on. */
uint32_t token_behind(const struct reader *r, uint32_t at);

/* ---- What may begin ----------------------------------------------------------------------------------------------- */

/* begins.c: what may begin at lexeme `i`, by its kind and by the lexeme behind it, so that most of the grammars needn't be tried on
 * most words. Bits of the result. */
#define BEGINS_DATE 1u
#define BEGINS_DIGITS 2u
#define BEGINS_PART 4u /* of a year */
#define BEGINS_COUNTED 8u
#define BEGINS_RELATIVE 16u
#define BEGINS_YEAR 32u
#define BEGINS_HOLIDAY 64u
#define BEGINS_CLOCK 128u
#define BEGINS_SPAN 256u
#define BEGINS_SET 512u
#define BEGINS_MOMENT 511u /* all but that */
uint32_t begins_at(struct reader *r, uint32_t i);

/* Bits of what else may begin at lexeme 0, which are told from it alone. */
#define BEGINS_MONEY 1024u
#define BEGINS_AMOUNT 2048u
uint32_t begins_amount(struct reader *r);

/* ---- The grammars. Each tries to read one expression from lexeme 0 on; what it finds it puts into *m. ------------- */

bool match_recurrence(struct reader *r, struct match *m); /* recurrences.c: "every Friday" */
bool match_moment(struct reader *r, struct match *m);     /* moments.c: dates and times */
bool match_duration(struct reader *r, struct match *m);   /* durations.c */
bool match_money(struct reader *r, struct match *m);      /* money.c */
bool match_amount(struct reader *r, struct match *m);     /* amounts.c: percentages, measures, ordinals, numbers */

/* The same for what is read byte by byte: they put the byte behind it into *end. */
bool match_phone(struct reader *r, struct match *m, uint32_t *end); /* phones.c */
bool match_iban(struct reader *r, struct match *m, uint32_t *end);  /* iban.c */

/* What is none of the types and must not be taken for one, of ENTITY_NONE: numbers of orders, hashes, names of
 * files; identifiers.c */
bool match_identifier(struct reader *r, struct match *m, uint32_t *end);

#endif
