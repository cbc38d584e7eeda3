/* when.h: what the grammars of dates and times hand to each other: a point or a part of time, as far as a text tells it. Each
 * `…_at` reads one from a lexeme on, and puts the lexeme behind it into `behind`; what it has not understood it leaves alone.
 * moments.c puts them together and writes the values. */
#ifndef ENTITIES_WHEN_H
#define ENTITIES_WHEN_H

#include "plugins/entities/expressions/calendar.h"

#define NO_DAY 99u   /* of a date that no calendar has */
#define MOST_DAYS 6u /* of a list: "3, 7 and 9 May" */

/* A time of day. */
struct clock {
    int32_t hour, minute, second;    /* -1: not told */
    int32_t zone;                    /* minutes from UTC */
    uint32_t fraction, fraction_end; /* the bytes of the second's fraction; empty: there is none */
    bool has_zone;
    bool has_half; /* which half of the day is told */
    bool is_bare;  /* an hour and nothing else: only what stands beside makes a time of it */
    uint32_t behind;
};

/* How a `struct when` is told. */
enum when_form {
    WHEN_DATE,   /* by `date`, as far as that is known */
    WHEN_OFFSET, /* so many periods from now, which nobody has told */
    WHEN_UNTOLD  /* it is a date, and nothing says which */
};

struct when {
    struct date date, to; /* `to`: the end of a range */
    struct clock clock, clock_to;
    struct span offset;              /* WHEN_OFFSET */
    bool is_back;                    /* before now */
    uint8_t form;                    /* enum when_form */
    uint8_t score;                   /* percent */
    uint8_t days[MOST_DAYS], n_days; /* more of the month than date.day: "3, 7 and 9 May" */
    bool is_range, has_clock, has_clock_to;
    bool is_alone;   /* a weekday, or a month, that only now tells which: "Friday" */
    uint32_t behind; /* 0: there is none */
};

#define SURE 95
#define LIKELY 80
#define GUESS 60
#define UNLIKELY 30

/* What stands before and behind. */
bool is_before(const struct reader *r, uint32_t n,
               const char *word);                                   /* the nth token before the reader's, 1 the last */
bool told_when(struct reader *r);                                   /* "in", "since" and the like stand before */
bool counts_things(struct reader *r, uint32_t i);                   /* "people": what a number before it counts */
bool is_in_name(struct reader *r);                                  /* a capital stands beside: "World Cup 2022" */
bool goes_on_plainly(struct reader *r, uint32_t i);                 /* a sign, an end or a small word stands there */
uint32_t lexeme_behind(struct reader *r, uint32_t i, uint32_t end); /* that ends at byte `end`, from `i` on; 0 */

/* Whether the sentence looks ahead ("will", 1) or back ("was", -1), or neither (0); by its verbs, near the reader's token. */
int sentence_looks(struct reader *r);

/* years.c: "1999", "nineteen eighty-four", "the '90s", "19th century", "Q3 2021", "fiscal 2016", "summer 2019". */
bool year_at(struct reader *r, uint32_t i, struct when *w);
bool part_of_year_at(struct reader *r, uint32_t i, struct when *w);
bool is_year(struct reader *r, uint32_t i);
uint32_t year_in_words(struct reader *r, uint32_t i, int32_t *year);
int32_t full_year(uint32_t two_digits);
uint32_t skip_year(struct reader *r, uint32_t i,
                   int32_t *year); /* ", 2024", "of 2024", "'24"; `i` when none is there */
bool is_apostrophe(struct reader *r, uint32_t i);

/* dates.c: "12 May 2024", "May 12", "Monday the 25th of July", "mid-March". */
bool date_at(struct reader *r, uint32_t i, struct when *w);
bool is_month(struct reader *r, uint32_t i);
uint32_t day_at(struct reader *r, uint32_t i, uint8_t *day);
uint32_t skip_period(struct reader *r, uint32_t i); /* "Jan." of a segmenter that cuts the period off */
bool is_weekday(struct reader *r, uint32_t i);

/* timestamps.c: "2024-05-12", "5/12/24", "12.05.2024", "2024-W13", "20240512T103000Z". */
bool stamp_at(struct reader *r, uint32_t i, struct when *w);

/* holidays.c: "Christmas Eve", "Easter Monday 2025", "Thanksgiving". `shift`: "last", -1; "next", 1; else 0. */
bool holiday_at(struct reader *r, uint32_t i, int32_t shift, struct when *w);

/* relative.c: "yesterday", "last week", "two days ago", "in three weeks". */
bool relative_at(struct reader *r, uint32_t i, struct when *w);

bool shifted_month_at(struct reader *r, uint32_t i, struct when *w); /* "next month", "this May", "last year" */

/* Which Friday is meant. */
enum which {
    WHICH_LAST,          /* before today */
    WHICH_LAST_OR_TODAY, /* "Friday" */
    WHICH_THIS,          /* of this week, which begins on Monday */
    WHICH_NEXT_OR_TODAY, /* "Friday", where a sentence looks ahead */
    WHICH_NEXT,          /* the first behind today, or that of next week, as the option says */
    WHICH_ANY            /* as the sentence looks */
};
void when_set_weekday(const struct reader *r, struct when *w, uint32_t weekday, enum which which);

/* counted.c: "last Friday of next month", "the day after tomorrow", "3 days from Tuesday". */
bool counted_at(struct reader *r, uint32_t i, struct when *w);

/* Any of these; the longest. */
bool when_at(struct reader *r, uint32_t i, struct when *w);

/* clock.c: "10:30", "5 p.m. EST", "half past five", "noon", and ranges of two. `part`: "MO" and the like, of a day that is told
 * beside, which makes "7" a time and tells its half of the day; "" for none. */
bool clock_at(struct reader *r, uint32_t i, const char *part, struct clock *c);
bool clocks_at(struct reader *r, uint32_t i, struct when *w);
void write_clock(const struct reader *r, struct writer *w, const struct clock *c);

/* Puts the day that is told into *days; false when none is, or only a part of it. */
bool when_is_day(const struct when *w, int32_t *days);

/* A day so many days from 1970, as a when. */
void when_set_day(struct when *w, int32_t days);

/* Moves what is told by so long, back or on; WHEN_UNTOLD when that can't be said of it. */
void when_move(struct when *w, const struct span *span, bool back);

/* From now, back or on. */
void when_from_now(const struct reader *r, struct when *w, const struct span *span, bool back);

/* durations.c: how long, from lexeme `i` on. */
bool span_at(struct reader *r, uint32_t i, struct span *s);
bool span_begins(struct reader *r); /* one, or a range of two, begins at lexeme 0 */
void write_span(struct writer *w, const struct span *s, bool back);

/* compounds.c: "2h30m", "3d4h", from lexeme `i` on; "2h30" only where the words beside say that it is no time of day. */
bool compound_read(struct reader *r, uint32_t i, struct span *s);
static inline bool compound_at(struct reader *r, uint32_t i, struct span *s)
{
    const struct lexeme *next = lexeme(r, i + 1);

    return lexeme(r, i)->kind == LEXEME_NUMBER && next->flags & LEXEME_GLUED && /* most numbers stand alone */
           (next->kind == LEXEME_WORD || next->point == ':') && compound_read(r, i, s);
}
bool compound_range_at(struct reader *r, struct span *from, struct span *to); /* two, from lexeme 0 on: "1h30-2h15m" */

#endif
