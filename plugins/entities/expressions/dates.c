/* dates.c: the grammar of dates, in the orders that English writes them: days, months, years, and parts of years. What could
 * be something else ("May", a bare year) needs a word before it that says when, or gets a lower score. */
#include "plugins/entities/expressions/calendar.h"
#include "plugins/lib/character.h"

#define SURE 95
#define LIKELY 80
#define GUESS 60

/* A date that is being read: what it is so far, and the lexeme behind it. */
struct read {
    struct date date, to; /* `to`: the end of a range */
    uint32_t behind;
    bool is_range;
    uint8_t score;
};

static bool told_when(struct reader *r)
{
    return r->before && (r->before->class == WORD_WHEN || r->before->other == WORD_WHEN ||
                         r->before->class == WORD_EARLY || r->before->class == WORD_SHIFT);
}

/* ---- Years -------------------------------------------------------------------------------------------------------- */

/* Four digits that could be a year that people write about. */
static bool is_year(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return is_integer(r, i) && l->digits == 4 && l->mantissa >= 1000 && l->mantissa < 2200 &&
           (l->flags & LEXEME_CLOSES || is_dash(r, i + 1) || is_sign(r, i + 1, '/'));
}

static int32_t year_of(struct reader *r, uint32_t i)
{
    return (int32_t)lexeme(r, i)->mantissa;
}

/* "'24", as people shorten years: from 1969 to 2068, as POSIX reads two digits. */
static int32_t full_year(uint32_t two_digits)
{
    return (int32_t)(two_digits < 69 ? 2000 + two_digits : 1900 + two_digits);
}

static bool is_apostrophe(struct reader *r, uint32_t i)
{
    return is_sign(r, i, '\'') || is_sign(r, i, 0x2019) || is_sign(r, i, 0x2018);
}

/* ", 2024", "2024", "of 2024", "'24": puts the year into *year. The lexeme behind it; `i` when none is there. */
static uint32_t skip_year(struct reader *r, uint32_t i, int32_t *year)
{
    uint32_t at = is_sign(r, i, ',') || is_class(r, i, WORD_OF) ? i + 1 : i;

    if (is_year(r, at)) {
        *year = year_of(r, at);
        return at + 1;
    }
    if (is_apostrophe(r, at) && is_integer(r, at + 1) && lexeme(r, at + 1)->digits == 2 && is_glued(r, at + 1)) {
        *year = full_year((uint32_t)lexeme(r, at + 1)->mantissa);
        return at + 2;
    }
    return i;
}

/* "2021/22", "1914-18", "1998-2004" from the second number on. */
static bool year_range(struct reader *r, uint32_t i, struct read *d)
{
    const struct lexeme *l = lexeme(r, i);
    int32_t year = year_of(r, i - 2), to;

    if (!is_integer(r, i) || (l->digits != 4 && l->digits != 2 && !(l->digits == 1 && is_dash(r, i - 1))))
        return false;
    to = (int32_t)l->mantissa;
    if (l->digits == 2)
        to += year / 100 * 100;
    else if (l->digits == 1)
        to += year / 10 * 10;
    if (to <= year || to >= 2200 || (is_sign(r, i - 1, '/') && l->digits == 2 && to != year + 1))
        return false;
    d->date.year = year;
    d->to.year = to;
    d->is_range = true;
    d->behind = i + 1;
    d->score = told_when(r) || l->digits == 4 ? SURE : LIKELY;
    return true;
}

/* Words that a bare number counts: "2000 people" is no year. */
static bool counts_things(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);
    const char *text = r->input->text;
    uint32_t length = l->end - l->start;

    if (l->kind != LEXEME_WORD || l->flags & (LEXEME_CAPITAL | LEXEME_GLUED))
        return false;
    if (is_word(r, i, "people") || is_class(r, i, WORD_UNIT) || is_class(r, i, WORD_PERIOD))
        return true;
    return length > 3 && text[l->end - 1] == 's' && text[l->end - 2] != 's' && l->word == &no_word &&
           !is_word(r, i, "was") && !is_word(r, i, "has");
}

/* "World Cup 2022", "the 2016 Summer Olympics", "Ernst August": a part of a name, by the capital beside it. */
static bool is_in_name(struct reader *r)
{
    const struct entity_input *in = r->input;
    const struct lexeme *next = lexeme(r, 1);

    if (next->kind == LEXEME_WORD && next->flags & LEXEME_CAPITAL &&
        (next->word == &no_word || next->word->class == WORD_SEASON))
        return true;
    if (r->token < r->first_token + 2 || in->kinds[r->token - 1] != TEXTD_TOKEN_WORD)
        return false;
    if (r->before && r->before->class != WORD_UNIT && r->before->class != WORD_CURRENCY &&
        r->before->class != WORD_LABEL)
        return false; /* "Monday 2022" */
    return char_is_upper(in->text[in->tokens[r->token - 1].start]);
}

/* A year alone. The words around it tell how likely it is one. */
static bool bare_year(struct reader *r, struct read *d)
{
    int32_t year = year_of(r, 0);
    bool in_brackets = r->token > r->first_token && is_sign(r, 1, ')');

    if (is_class(r, 1, WORD_ERA)) {
        d->date.year = year * value_of(r, 1, WORD_ERA);
        d->behind = 2;
        d->score = SURE;
        return true;
    }
    d->date.year = year;
    d->behind = 1;
    d->score = GUESS;
    if (counts_things(r, 1))
        d->score = told_when(r) ? 35 : 30;
    else if (told_when(r))
        d->score = SURE;
    else if (is_in_name(r))
        d->score = 35;
    else if (in_brackets)
        d->score = LIKELY;
    else if (year < 1800 || year > 2060)
        d->score = 30;
    return true;
}

static bool year_first(struct reader *r, struct read *d)
{
    if (!is_year(r, 0))
        return false;
    if ((is_dash(r, 1) || is_sign(r, 1, '/')) && year_range(r, 2, d))
        return true;
    return bare_year(r, d);
}

/* "575 BC", "AD 70", "44 B.C.E.". */
static bool year_of_era(struct reader *r, struct read *d)
{
    uint32_t number = is_class(r, 0, WORD_ERA) ? 1 : 0, era = 1 - number;

    if (!is_integer(r, number) || !is_class(r, era, WORD_ERA) || lexeme(r, number)->mantissa == 0 ||
        lexeme(r, number)->digits > 4 || is_glued(r, 1))
        return false;
    d->date.year = (int32_t)lexeme(r, number)->mantissa * value_of(r, era, WORD_ERA);
    d->behind = 2;
    d->score = SURE;
    return true;
}

/* ---- Days and months ---------------------------------------------------------------------------------------------- */

static bool is_month(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_MONTH);
}

/* "Jan." of a segmenter that cuts the period off. */
static uint32_t skip_period(struct reader *r, uint32_t i)
{
    return lexeme(r, i - 1)->word->flags & IS_SHORT && is_sign(r, i, '.') && is_glued(r, i) ? i + 1 : i;
}

/* "12", "12th", "twelfth": puts it into *day. The lexeme behind it, 0 when there is none. */
static uint32_t day_at(struct reader *r, uint32_t i, uint8_t *day)
{
    const struct lexeme *l = lexeme(r, i);

    if (is_class(r, i, WORD_ORDINAL) && value_of(r, i, WORD_ORDINAL) <= 20) {
        *day = (uint8_t)value_of(r, i, WORD_ORDINAL);
        return i + 1;
    }
    if ((is_word(r, i, "twenty") || is_word(r, i, "thirty")) && is_class(r, skip_hyphen(r, i + 1), WORD_ORDINAL)) {
        *day = (uint8_t)(value_of(r, i, WORD_TENS) + value_of(r, skip_hyphen(r, i + 1), WORD_ORDINAL));
        return *day <= 31 ? skip_hyphen(r, i + 1) + 1 : 0;
    }
    if (!is_integer(r, i) || l->digits > 2 || l->mantissa < 1 || l->mantissa > 31)
        return 0;
    *day = (uint8_t)l->mantissa;
    if (is_class(r, i + 1, WORD_TH) && is_glued(r, i + 1))
        return i + 2;
    return is_glued(r, i + 1) && lexeme(r, i + 1)->kind == LEXEME_WORD ? 0 : i + 1;
}

/* What stands between two days: "to", "-", "and", "&". */
static bool joins_days(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_TO) || is_class(r, i, WORD_AND) || is_dash(r, i) || is_sign(r, i, '&') ||
           is_sign(r, i, '/');
}

/* A range ends behind itself: "14 to 24". */
static uint32_t second_day(struct reader *r, uint32_t i, struct read *d)
{
    uint8_t day;
    uint32_t behind = joins_days(r, i) ? day_at(r, i + 1, &day) : 0;

    if (!behind || day <= d->date.day || is_class(r, behind, WORD_HALF_DAY) || is_sign(r, behind, ':'))
        return 0;
    d->to = d->date;
    d->to.day = day;
    d->is_range = true;
    return behind;
}

/* "January–March 2021", "May 15 - June 20": from what joins them on. With "to" between them, or years at both, they are two
 * dates, as people mark them. */
static void second_month(struct reader *r, struct read *d)
{
    uint32_t i = d->behind, at;
    struct date to = { .year = 0 };

    if (!is_dash(r, i) || d->is_range || d->date.year)
        return;
    if (is_month(r, i + 1)) {
        to.month = (uint8_t)value_of(r, i + 1, WORD_MONTH);
        at = skip_period(r, i + 2);
        at = d->date.day ? day_at(r, at, &to.day) : at;
    } else {
        at = d->date.day ? day_at(r, i + 1, &to.day) : 0;
        if (!at || !is_month(r, at))
            return;
        to.month = (uint8_t)value_of(r, at, WORD_MONTH);
        at = skip_period(r, at + 1);
    }
    if (!at || (to.day != 0) != (d->date.day != 0))
        return;
    d->behind = skip_year(r, at, &to.year);
    if (!d->date.year)
        d->date.year = to.year;
    else if (!to.year)
        to.year = d->date.year;
    d->to = to;
    d->is_range = true;
}

/* The score of a month's name without a day or a year that is another word, too: "may", "mar". `at`: behind it. */
static uint8_t month_alone(struct reader *r, uint32_t i, uint32_t at)
{
    bool is_short = lexeme(r, i)->word->flags & IS_SHORT;

    if (told_when(r) || i > 0)
        return SURE;
    if (is_short)
        return r->input->text[lexeme(r, at - 1)->end - 1] == '.' ? LIKELY : 30;
    if (is_in_name(r))
        return 35;
    if (r->token > r->first_token || (is_class(r, at, WORD_TO) && is_month(r, at + 1)))
        return LIKELY; /* a capital within a sentence: "that May" */
    return 30;
}

static bool month_first(struct reader *r, uint32_t i, struct read *d)
{
    uint32_t at, behind;

    if (!is_month(r, i))
        return false;
    d->date.month = (uint8_t)value_of(r, i, WORD_MONTH);
    at = skip_period(r, i + 1);
    behind = day_at(r, is_class(r, at, WORD_THE) ? at + 1 : at, &d->date.day);
    d->score = SURE;
    if (behind && !(is_sign(r, behind, ':') && is_glued(r, behind + 1)) &&
        !(is_sign(r, behind, '%') || is_class(r, behind, WORD_PERCENT))) {
        uint32_t range = second_day(r, behind, d);
        d->behind = skip_year(r, range ? range : behind, &d->date.year);
        d->to.year = d->date.year;
        return true;
    }
    d->date.day = 0;
    d->behind = skip_year(r, at, &d->date.year);
    if (!d->date.year && lexeme(r, i)->word->flags & IS_OTHER_WORD) {
        d->score = month_alone(r, i, at);
    }
    return true;
}

static bool day_first(struct reader *r, uint32_t i, struct read *d)
{
    uint32_t at = day_at(r, i, &d->date.day), range;

    if (!at)
        return false;
    if ((range = second_day(r, at, d)) != 0)
        at = range;
    at = is_class(r, at, WORD_OF) || is_dash(r, at) ? at + 1 : at;
    if (!is_month(r, at))
        return false;
    d->date.month = d->to.month = (uint8_t)value_of(r, at, WORD_MONTH);
    at = skip_period(r, at + 1);
    at = is_dash(r, at) && is_year(r, at + 1) ? at + 1 : at; /* "12-May-2024" */
    d->behind = skip_year(r, at, &d->date.year);
    d->to.year = d->date.year;
    d->score = SURE;
    return true;
}

static bool day_and_month(struct reader *r, uint32_t i, struct read *d)
{
    if (month_first(r, i, d))
        return true;
    memset(d, 0, sizeof *d);
    return day_first(r, i, d);
}

/* "Friday", "Friday, 22nd July", "Wed 14 July", "Monday the 25th of July". */
static bool weekday_first(struct reader *r, struct read *d)
{
    uint32_t at = 1;

    if (!is_class(r, 0, WORD_WEEKDAY))
        return false;
    at = lexeme(r, 0)->word->flags & IS_SHORT ? skip_period(r, at) : at;
    at = is_sign(r, at, ',') ? at + 1 : at;
    at = is_class(r, at, WORD_THE) ? at + 1 : at;
    if (day_and_month(r, at, d) && d->date.day)
        return true;
    memset(d, 0, sizeof *d);
    return false;
}

/* ---- Parts of years, and more than years -------------------------------------------------------------------------- */

/* "1990s", "1990's", "'90s" from the number on: a decade. */
static uint32_t decade_at(struct reader *r, uint32_t i, int32_t *year)
{
    uint32_t number = is_apostrophe(r, i) ? i + 1 : i, at = number + 1;
    const struct lexeme *l = lexeme(r, number);

    if (!is_integer(r, number) || l->mantissa % 10 || (l->digits != 4 && l->digits != 2) ||
        (number > i && !is_glued(r, number)))
        return 0;
    if (l->digits == 2 && l->mantissa < 20 && number == i)
        return 0;
    if (is_apostrophe(r, at) && is_glued(r, at))
        at++;
    if (!is_word(r, at, "s") || !is_glued(r, at))
        return 0;
    *year = l->digits == 4 ? (int32_t)l->mantissa : (l->mantissa < 20 ? 2000 : 1900) + (int32_t)l->mantissa;
    return at + 1;
}

static bool decade(struct reader *r, uint32_t i, struct match *m, struct read *d)
{
    int32_t year;
    uint32_t behind = decade_at(r, i, &year);
    struct writer w;

    if (!behind || year < 1000 || year > 2200)
        return false;
    w = writer_of(m);
    write_digits(&w, (uint32_t)year / 10, 3);
    d->behind = behind;
    d->score = lexeme(r, i)->digits == 2 && !told_when(r) ? GUESS : SURE;
    return true;
}

/* "19th century", "twentieth-century BC". */
static bool century(struct reader *r, uint32_t i, struct match *m, struct read *d)
{
    uint32_t at = i + 1;
    int64_t number;
    struct writer w;

    if (is_class(r, i, WORD_ORDINAL)) {
        number = value_of(r, i, WORD_ORDINAL);
    } else if (is_class(r, i, WORD_TENS) && is_class(r, skip_hyphen(r, i + 1), WORD_ORDINAL)) {
        at = skip_hyphen(r, i + 1) + 1;
        number = value_of(r, i, WORD_TENS) + value_of(r, at - 1, WORD_ORDINAL);
    } else if (is_integer(r, i) && is_class(r, at, WORD_TH) && is_glued(r, at)) {
        number = (int64_t)lexeme(r, i)->mantissa;
        at++;
    } else {
        return false;
    }
    at = skip_hyphen(r, at);
    if (!is_word(r, at, "century") || number < 1 || number > 30)
        return false;
    d->behind = at + 1;
    d->score = SURE;
    if (is_class(r, at + 1, WORD_ERA)) {
        d->behind++;
        if (value_of(r, at + 1, WORD_ERA) < 0)
            return true; /* ISO 8601 has no form for it */
    }
    w = writer_of(m);
    write_digits(&w, (uint32_t)number - 1, 2);
    return true;
}

/* "Q3 2021", "H1 2022", "FY2023". */
static bool quarter(struct reader *r, struct read *d)
{
    const struct lexeme *l = lexeme(r, 1);
    uint32_t at = is_dash(r, 2) ? 3 : 2;
    const char *letter;

    if (!is_class(r, 0, WORD_QUARTER) || !is_integer(r, 1))
        return false;
    letter = lexeme(r, 0)->word->text;
    d->score = SURE;
    if (letter[0] == 'F') {
        if (l->digits != 2 && l->digits != 4)
            return false;
        d->date.year = l->digits == 4 ? (int32_t)l->mantissa : full_year((uint32_t)l->mantissa);
        d->behind = 2;
        return d->date.year > 1900 && d->date.year < 2200;
    }
    if (!is_glued(r, 1) || l->digits != 1 || l->mantissa < 1 || l->mantissa > (uint64_t)value_of(r, 0, WORD_QUARTER))
        return false;
    d->date.part[0] = letter[0];
    d->date.part[1] = (char)('0' + l->mantissa);
    d->behind = skip_year(r, at, &d->date.year);
    if (!d->date.year) {
        d->behind = 2;
        d->score = letter[0] == 'Q' ? LIKELY : 30;
    }
    return true;
}

/* "3Q2022", "1Q 22". */
static bool number_and_quarter(struct reader *r, struct read *d)
{
    const struct lexeme *l = lexeme(r, 2);

    if (!is_integer(r, 0) || !is_class(r, 1, WORD_QUARTER) || !is_glued(r, 1) || lexeme(r, 0)->digits != 1 ||
        lexeme(r, 0)->mantissa < 1 || lexeme(r, 0)->mantissa > (uint64_t)value_of(r, 1, WORD_QUARTER) ||
        !is_integer(r, 2) || (l->digits != 2 && l->digits != 4))
        return false;
    d->date.part[0] = lexeme(r, 1)->word->text[0];
    d->date.part[1] = (char)('0' + lexeme(r, 0)->mantissa);
    d->date.year = l->digits == 4 ? (int32_t)l->mantissa : full_year((uint32_t)l->mantissa);
    d->behind = 3;
    d->score = SURE;
    return d->date.year < 2200;
}

/* "third quarter of 2021", "first half of the year": only with a year. */
static bool ordinal_part(struct reader *r, uint32_t i, struct read *d)
{
    bool half = is_class(r, i + 1, WORD_HALF);
    int32_t n;

    if (!is_class(r, i, WORD_ORDINAL) || !(half || is_word(r, i + 1, "quarter")))
        return false;
    n = value_of(r, i, WORD_ORDINAL);
    if (n > (half ? 2 : 4))
        return false;
    d->behind = skip_year(r, i + 2, &d->date.year);
    d->date.part[0] = half ? 'H' : 'Q';
    d->date.part[1] = (char)('0' + n);
    d->score = SURE;
    if (d->date.year)
        return true;
    d->behind = half ? 0 : i + 2;
    return !half;
}

static bool season(struct reader *r, uint32_t i, struct read *d)
{
    if (!is_class(r, i, WORD_SEASON))
        return false;
    memcpy(d->date.part, lexeme(r, i)->word->text, 2);
    d->behind = skip_year(r, i + 1, &d->date.year);
    d->score = d->date.year ? SURE : i > 0 && !(lexeme(r, i)->word->flags & IS_OTHER_WORD) ? LIKELY : 30;
    return true;
}

/* "'s" behind a word, in one piece or cut off: the lexeme behind it, or `i`. */
static uint32_t skip_s(struct reader *r, uint32_t i)
{
    return is_apostrophe(r, i) && is_glued(r, i) && is_word(r, i + 1, "s") ? i + 2 : i;
}

/* "Day" or "Eve" behind a holiday's name: the lexeme behind, or `i`. */
static uint32_t skip_day(struct reader *r, uint32_t i, bool *eve)
{
    *eve = is_class(r, i, WORD_EVE);
    return *eve || (is_word(r, i, "day") && lexeme(r, i)->flags & LEXEME_CAPITAL) ? i + 1 : i;
}

static bool new_year(struct reader *r, struct read *d)
{
    uint32_t at = skip_s(r, 2), behind;
    bool eve;

    if (!is_class(r, 0, WORD_NEW) || !lexeme(r, 1)->start || !(lexeme(r, 1)->flags & LEXEME_CAPITAL) ||
        !(is_word(r, 1, "year") || is_word(r, 1, "year's") || is_word(r, 1, "year’s")))
        return false;
    behind = skip_day(r, at, &eve);
    if (behind == at)
        return false;
    d->date.month = eve ? 12 : 1;
    d->date.day = eve ? 31 : 1;
    d->behind = skip_year(r, behind, &d->date.year);
    d->score = SURE;
    return true;
}

/* "Christmas", "Boxing Day", "Valentine's Day", "Halloween 2021". */
static bool holiday(struct reader *r, struct read *d)
{
    bool needs_day = is_class(r, 0, WORD_HOLIDAY_DAY), eve;
    uint32_t at = skip_s(r, 1), behind;
    int32_t day;

    if (!needs_day && !is_class(r, 0, WORD_HOLIDAY))
        return new_year(r, d);
    day = value_of(r, 0, needs_day ? WORD_HOLIDAY_DAY : WORD_HOLIDAY);
    behind = skip_day(r, at, &eve);
    if (behind == at && needs_day)
        return false;
    if (eve && day)
        day--;
    d->date.month = (uint8_t)(day / 100);
    d->date.day = (uint8_t)(day % 100);
    d->behind = skip_year(r, behind > at ? behind : 1, &d->date.year);
    d->score = LIKELY;
    return true;
}

/* ---- All ---------------------------------------------------------------------------------------------------------- */

/* "mid-March", "early-1990s": with a blank between them, "late 1990s", people don't take the first word for a part of the date. */
static bool with_early(struct reader *r, struct match *m, struct read *d)
{
    uint32_t at = skip_hyphen(r, 1);

    if (at > 1) {
        if (decade(r, at, m, d) || century(r, at, m, d) || (month_first(r, at, d) && !d->date.day) || season(r, at, d))
            return true;
        memset(d, 0, sizeof *d);
        if (is_year(r, at) && !is_class(r, at + 1, WORD_UNIT)) {
            d->date.year = year_of(r, at);
            d->behind = at + 1;
            d->score = SURE;
            return true;
        }
    }
    return false;
}

static bool is_real(const struct date *date)
{
    return !date->day || !date->month || calendar_has(date->year, date->month, date->day);
}

static bool finish(struct reader *r, struct match *m, struct read *d)
{
    struct writer w;

    if (!d->behind || !is_real(&d->date) || (d->is_range && !is_real(&d->to)))
        return false;
    m->behind = d->behind;
    m->type = ENTITY_DATE;
    m->score = d->score;
    if (m->form != VALUE_NONE || (!d->date.year && !d->date.month && !d->date.part[0] && !d->date.weekday))
        return true; /* it has a value of its own, or none */
    w = writer_of(m);
    calendar_resolve(r, &d->date);
    write_date(&w, &d->date);
    if (d->is_range) {
        if (!d->to.year)
            d->to.year = d->date.year;
        write_char(&w, '/');
        write_date(&w, &d->to);
    }
    return true;
}

typedef bool grammar(struct reader *r, struct read *d);

bool match_date(struct reader *r, struct match *m)
{
    static grammar *const grammars[] = { weekday_first, quarter, number_and_quarter, holiday, year_of_era, year_first };
    struct read d = { .behind = 0 };

    if (is_class(r, 0, WORD_EARLY) && with_early(r, m, &d))
        return finish(r, m, &d);
    memset(&d, 0, sizeof d);
    if (decade(r, 0, m, &d) || century(r, 0, m, &d))
        return finish(r, m, &d);
    if (day_and_month(r, 0, &d)) {
        second_month(r, &d);
        return finish(r, m, &d);
    }
    memset(&d, 0, sizeof d);
    if (ordinal_part(r, 0, &d) || season(r, 0, &d))
        return finish(r, m, &d);
    for (size_t i = 0; i < sizeof grammars / sizeof grammars[0]; i++) {
        memset(&d, 0, sizeof d);
        if (grammars[i](r, &d))
            return finish(r, m, &d);
    }
    return false;
}
