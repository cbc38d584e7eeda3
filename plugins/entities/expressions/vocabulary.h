/* vocabulary.h: the words and signs that expressions are made of, and what each stands for. The words themselves are in
 * vocabulary.c, time_words.c, currencies.c and units.c. A word is looked up without its periods, in small letters: "a.m." is "am". */
#ifndef ENTITIES_VOCABULARY_H
#define ENTITIES_VOCABULARY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What a word is. Some are two things: "second", "pounds", "m". */
enum word_class {
    WORD_NONE,
    WORD_MONTH,     /* value 1 to 12 */
    WORD_WEEKDAY,   /* 1, Monday, to 7 */
    WORD_DAY,       /* days from today: "yesterday" */
    WORD_PART,      /* of a day; text: as TIMEX3 has it, "MO" */
    WORD_CLOCK,     /* "noon", "midnight"; value: hours */
    WORD_SEASON,    /* text: "SU" */
    WORD_PERIOD,    /* enum period: "day", "weeks" */
    WORD_SHIFT,     /* "last", -1; "this", 0; "next", 1 */
    WORD_SPAN,      /* "past", "coming": before a number of periods, how long */
    WORD_AGO,       /* -1; "later", 1 */
    WORD_EARLY,     /* "early", "mid", "late" */
    WORD_UNIT,      /* units.c; text: UCUM's code */
    WORD_DIGIT,     /* 1 to 19 in words */
    WORD_TENS,      /* 20 to 90 */
    WORD_HUNDRED,   /**/
    WORD_MAGNITUDE, /* value: the power of ten */
    WORD_SUFFIX,    /* the same, only right behind digits: "3.2bn" */
    WORD_DOZEN,     /**/
    WORD_HALF,      /**/
    WORD_MANY,      /* "hundreds", "millions": a number that isn't told; value: the power of ten, or 0 */
    WORD_FEW,       /* "several": before a period, a magnitude; "couple" has the value 2 */
    WORD_ORDINAL,   /* "first" */
    WORD_PARTS,     /* of a whole: "thirds" */
    WORD_TH,        /* what makes digits an ordinal: "th" */
    WORD_CURRENCY,  /* currencies.c; "dollars"; text: the ISO 4217 code */
    WORD_CODE,      /* "USD" */
    WORD_MARK,      /* written before the number: "Rs" */
    WORD_NATION,    /* "Kenyan": whose currency; text: the country's ISO 3166 code */
    WORD_CENTS,     /* text: the code of the whole */
    WORD_PERCENT,   /**/
    WORD_POINT,     /* "points": behind "percentage", "basis" */
    WORD_PERCENTAGE,
    WORD_BASIS,
    WORD_PER,
    WORD_CENT,
    WORD_SQUARE, /* value 2; "cubic" 3 */
    WORD_DEGREE,
    WORD_ZONE,     /* value: minutes from UTC */
    WORD_HALF_DAY, /* "am" 0, "pm" 12 */
    WORD_OCLOCK,
    WORD_ERA,         /* "BC" -1, "AD" 1 */
    WORD_HOLIDAY,     /* value: month * 100 + day; 0: the day differs by year */
    WORD_HOLIDAY_DAY, /* "day" or "eve" must follow: "Boxing" */
    WORD_EVE,
    WORD_WHEN, /* a year may follow: "in", "since" */
    WORD_FOR,  /* how long may follow: "for", "within" */
    WORD_NEW,  /* "New Year's Eve" */
    WORD_TO,   /* between the ends of a range */
    WORD_AND,
    WORD_OF,
    WORD_ON,
    WORD_THE,
    WORD_A,
    WORD_PAST,       /* "half past five" */
    WORD_OLD,        /* "five-year-old" */
    WORD_QUARTER,    /* "Q": a digit follows; text: "Q", "H", "FY" */
    WORD_CALL,       /* a telephone number may follow: "tel" */
    WORD_VERSION,    /* numbers with points that are no addresses follow */
    WORD_NOT_ONE,    /* "no", "each": a "one" behind it counts nothing */
    WORD_EACH,       /* "every" */
    WORD_ADVERB,     /* "daily"; value: enum period, or text: what is written */
    WORD_TIMES,      /* "twice" */
    WORD_MORE,       /* "another", "whole": a period may follow */
    WORD_EXTRA,      /* "more", "consecutive": between a number and its period */
    WORD_DECADE,     /* "nineties" */
    WORD_LOCAL_ZONE, /* "ET": which offset it has depends on the day */
    WORD_MINUS,      /* "minus", "negative" */
    WORD_BETWEEN,    /* then "and" joins the ends of a range */
    WORD_PAY,        /* money may follow: "cost", "paid" */
    WORD_LABEL,      /* what the number behind it names, and doesn't measure: "room", "form" */
    WORD_CLASSES
};

/* Periods, from small to large. */
enum period { SECOND, MINUTE, HOUR, DAY, WEEK, FORTNIGHT, MONTH, QUARTER, YEAR, DECADE, CENTURY, WEEKEND, PERIODS };

/* Bits of word.flags. */
#define MUST_BE_UPPER 1u   /* counts only in capitals: "GMT", "USD" */
#define MUST_BE_CAPITAL 2u /* counts only with a capital: "Monday" */
#define IS_SHORT 4u        /* short for something: needs a number beside it */
#define IS_PLURAL 8u
#define IS_OTHER_WORD 16u  /* is something else more often: "may" */
#define MUST_BE_GLUED 32u  /* counts only when digits stand right behind: "R250" */
#define IS_THING 64u       /* a unit that is a thing, too: "a cup", "a foot" measure nothing */
#define IS_PLAIN_CODE 128u /* a currency's code that means nothing else in small letters: "usd", but not "try" */

struct word {
    const char *text;    /* what it stands for, where that is no number */
    const char *letters; /* how it is written */
    int32_t value, other_value;
    uint8_t class, other; /* enum word_class */
    uint8_t flags;
};

/* One file's words. */
struct words {
    const struct word *list;
    uint32_t n;
};
extern const struct words common_words, time_words, currency_words, unit_words;

/* A table of all of them, made once. */
#define VOCABULARY_SLOTS 4096u
struct vocabulary {
    uint64_t bits[256];               /* one for each word's first eight letters, so that most words touch no more */
    uint64_t heads[VOCABULARY_SLOTS]; /* the first eight letters of each word; 0: the slot is empty */
    const struct word *whole[VOCABULARY_SLOTS]; /* the word, when it has no more letters; NULL when some have */
    const struct word *slots[VOCABULARY_SLOTS];
    uint32_t hashes[VOCABULARY_SLOTS];
};

void vocabulary_make(struct vocabulary *v);

/* ---- Eight letters at once ---------------------------------------------------------------------------------------- */

#define EACH_BYTE(value) (0x0101010101010101ull * (value))

/* The bit that small letters of ASCII have, and capitals have not. */
#define SMALL EACH_BYTE(0x20)

/* The eight bytes at `text`, the first in the lowest. */
static inline uint64_t letters_as_written(const char *text)
{
    uint64_t letters;

    memcpy(&letters, text, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    letters = __builtin_bswap64(letters);
#endif
    return letters;
}

/* The same, all of them small. */
static inline uint64_t letters_load(const char *text)
{
    return letters_as_written(text) | SMALL;
}

/* The high bit of each of them that is not in 'a' to 'z'; none carries, once the high bits are off. */
static inline uint64_t letters_others(uint64_t letters)
{
    uint64_t low = letters & EACH_BYTE(0x7F), others = (low + EACH_BYTE(0x80 - 'a')) ^ EACH_BYTE(0x80);

    return (others | (low + EACH_BYTE(0x7F - 'z')) | letters) & EACH_BYTE(0x80);
}

/* The first `n` of them, zeros behind. */
static inline uint64_t letters_first(uint64_t letters, uint32_t n)
{
    static const uint64_t masks[9] = { 0,           0xFF,       0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF,
                                       ~0ull >> 16, ~0ull >> 8, ~0ull };

    return letters & masks[n < 8 ? n : 8];
}

/* ---- The table ---------------------------------------------------------------------------------------------------- */

#define WORD_HASH_START 2166136261u
#define WORD_HASH_STEP(hash, letter) (((hash) ^ (unsigned char)(letter)) * 16777619u) /* FNV-1a */

/* Spreads the first eight letters of a word (Knuth, The Art of Computer Programming 6.4, by the golden ratio). */
static inline uint64_t vocabulary_spread(uint64_t letters)
{
    return letters * 0x9E3779B97F4A7C15ull;
}

/* False: no word of the vocabulary begins with letters that spread so. Most words of a text are settled by that. */
static inline bool vocabulary_may_have(const struct vocabulary *v, uint64_t spread)
{
    return v->bits[spread >> 56] >> (spread >> 50 & 63) & 1;
}

/* The slot of the first eight letters of a word, as letters_load() has them; VOCABULARY_SLOTS when no word begins so. */
static inline uint32_t vocabulary_slot(const struct vocabulary *v, uint64_t letters, uint64_t spread)
{
    for (uint32_t slot = (uint32_t)(spread >> 52); v->heads[slot]; slot = (slot + 1) % VOCABULARY_SLOTS)
        if (v->heads[slot] == letters)
            return slot;
    return VOCABULARY_SLOTS;
}

/* The same, where nothing is known of them. */
static inline uint32_t vocabulary_head(const struct vocabulary *v, uint64_t letters)
{
    uint64_t spread = vocabulary_spread(letters);

    return vocabulary_may_have(v, spread) ? vocabulary_slot(v, letters, spread) : VOCABULARY_SLOTS;
}

/* The word of that hash and these letters; NULL when there is none. Nearly always that is one look. */
static inline const struct word *vocabulary_find(const struct vocabulary *v, uint32_t hash, const char *letters,
                                                 uint32_t length)
{
    for (uint32_t slot = (hash ^ hash >> 15) % VOCABULARY_SLOTS; v->slots[slot]; slot = (slot + 1) % VOCABULARY_SLOTS)
        if (v->hashes[slot] == hash) {
            const char *want = v->slots[slot]->letters;
            uint32_t i = 0;

            while (i < length && want[i] == letters[i])
                i++;
            if (i == length && !want[i])
                return v->slots[slot];
        }
    return 0;
}

#endif
