/* years.c: years, in digits and in words, what is longer, and their parts: "1999", "nineteen eighty-four", "the '90s", "44 BC",
 * "Q3 2021", "fiscal 2016", "summer 2019". A bare year is a number like others: the words around it tell how likely it is one. */
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

static bool is_read(struct when *w, uint32_t behind, uint8_t score)
{
    w->behind = behind;
    w->score = score;
    return true;
}

/* ---- One year ----------------------------------------------------------------------------------------------------- */

/* Four digits that could be a year that people write about. */
bool is_year(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return is_integer(r, i) && l->digits == 4 && l->end - l->start == 4 && l->mantissa >= 1000 && l->mantissa < 2200 &&
           !(is_glued(r, i + 1) && lexeme(r, i + 1)->kind == LEXEME_WORD && !(l->flags & LEXEME_CLOSES));
}

static int32_t year_of(struct reader *r, uint32_t i)
{
    return (int32_t)lexeme(r, i)->mantissa;
}

/* "'24", as people shorten years: from 1969 to 2068, as POSIX reads two digits. */
int32_t full_year(uint32_t two_digits)
{
    return (int32_t)(two_digits < 69 ? 2000 + two_digits : 1900 + two_digits);
}

bool is_apostrophe(struct reader *r, uint32_t i)
{
    return is_sign(r, i, '\'') || is_sign(r, i, 0x2019) || is_sign(r, i, 0x2018);
}

/* "eighty-four", "ten", "oh five": what is below a hundred. */
static uint32_t below_hundred(struct reader *r, uint32_t i, int32_t *value)
{
    uint32_t at = i;

    if (is_class(r, i, WORD_TENS)) {
        *value = value_of(r, i, WORD_TENS);
        at = skip_hyphen(r, i + 1);
        if (!is_class(r, at, WORD_DIGIT) || value_of(r, at, WORD_DIGIT) > 9 || value_of(r, at, WORD_DIGIT) == 0)
            return i + 1;
        *value += value_of(r, at, WORD_DIGIT);
        return at + 1;
    }
    if (is_word(r, i, "oh") || is_word(r, i, "o")) {
        at = skip_hyphen(r, i + 1);
        *value = value_of(r, at, WORD_DIGIT);
        return is_class(r, at, WORD_DIGIT) && *value > 0 && *value < 10 ? at + 1 : 0;
    }
    *value = value_of(r, i, WORD_DIGIT);
    return is_class(r, i, WORD_DIGIT) && *value > 9 ? i + 1 : 0;
}

/* "nineteen eighty-four", "twenty ten", "nineteen hundred"; "two thousand and eight" where something says that it is a year. */
uint32_t year_in_words(struct reader *r, uint32_t i, int32_t *year)
{
    int32_t century = value_of(r, i, WORD_DIGIT), rest = 0;
    uint32_t at, behind;

    if (is_class(r, i, WORD_TENS) && value_of(r, i, WORD_TENS) == 20)
        century = 20;
    else if (!is_class(r, i, WORD_DIGIT))
        return 0;
    if (century == 2 && is_word(r, i + 1, "thousand") && told_when(r)) {
        at = is_class(r, i + 2, WORD_AND) ? i + 3 : i + 2;
        behind = below_hundred(r, at, &rest);
        if (!behind && is_class(r, at, WORD_DIGIT) && value_of(r, at, WORD_DIGIT) > 0) {
            rest = value_of(r, at, WORD_DIGIT);
            behind = at + 1;
        }
        *year = 2000 + rest;
        return behind ? behind : i + 2;
    }
    if (century < 11 || century > 20)
        return 0;
    at = skip_hyphen(r, i + 1);
    if (is_class(r, at, WORD_HUNDRED) && century < 20 && told_when(r)) {
        *year = century * 100;
        return at + 1;
    }
    behind = below_hundred(r, at, &rest);
    if (century == 20 && behind && rest < 10)
        return 0; /* "twenty-five" */
    *year = century * 100 + rest;
    return behind;
}

/* Two digits behind a day and a month, where nothing says that they count something: "Aug 9, 87", "12 Aug 87". */
static bool is_short_year(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return is_integer(r, i) && l->digits == 2 && l->end - l->start == 2 && goes_on_plainly(r, i + 1) &&
           !(is_sign(r, i + 1, ':') && is_glued(r, i + 2));
}

uint32_t skip_year(struct reader *r, uint32_t i, int32_t *year)
{
    uint32_t at = is_sign(r, i, ',') || is_class(r, i, WORD_OF) ? i + 1 : i, behind;

    if (is_year(r, at)) {
        *year = year_of(r, at);
        return at + 1;
    }
    if (is_apostrophe(r, at) && is_integer(r, at + 1) && lexeme(r, at + 1)->digits == 2 && is_glued(r, at + 1)) {
        *year = full_year((uint32_t)lexeme(r, at + 1)->mantissa);
        return at + 2;
    }
    if ((behind = year_in_words(r, at, year)) != 0)
        return behind;
    if (!is_class(r, i, WORD_OF) && i > 0 && is_short_year(r, at) && !is_glued(r, at)) {
        *year = full_year((uint32_t)lexeme(r, at)->mantissa);
        return at + 1;
    }
    return i;
}

/* What may be either a month, as ISO 8601 writes it, or the end of a range: "2003-04". Where no word tells, it is neither. */
static bool month_or_range(struct reader *r, uint32_t i, int32_t year, int32_t number, struct when *w)
{
    bool is_later = number > year % 100;
    bool is_season = is_word(r, i + 1, "season") || is_word(r, i + 1, "campaign") || is_word(r, i + 1, "academic") ||
                     is_word(r, i + 1, "school") || is_word(r, i + 1, "financial") || is_word(r, i + 1, "fiscal") ||
                     is_word(r, i + 1, "winter") || is_before(r, 1, "season") || is_before(r, 1, "the");

    if (number < 1 || number > 12 || (is_later && (is_season || year < 1980)))
        return false;
    w->date.year = year;
    w->date.month = (uint8_t)number;
    if (is_later)
        w->form = WHEN_UNTOLD;
    return is_read(w, i + 1, SURE);
}

/* "2021/22", "1914-18", "1998-2004", "2024-05" from the second number on. */
static bool year_range(struct reader *r, uint32_t i, struct when *w)
{
    const struct lexeme *l = lexeme(r, i);
    int32_t year = year_of(r, i - 2), to;

    if (!is_integer(r, i) || (l->digits != 4 && l->digits != 2 && !(l->digits == 1 && is_dash(r, i - 1))) ||
        (is_glued(r, i + 1) && (is_dash(r, i + 1) || is_sign(r, i + 1, '/')) &&
         lexeme(r, i + 2)->kind == LEXEME_NUMBER && is_glued(r, i + 2)))
        return false;
    to = (int32_t)l->mantissa;
    if (l->digits == 2 && is_sign(r, i - 1, '-') && is_glued(r, i - 1) && is_glued(r, i) &&
        month_or_range(r, i, year, to, w))
        return true;
    if (l->digits == 2)
        to += year / 100 * 100;
    else if (l->digits == 1)
        to += year / 10 * 10;
    if (to <= year || to >= 2200 || (is_sign(r, i - 1, '/') && l->digits == 2 && to != year + 1))
        return false;
    w->date.year = year;
    w->to.year = to;
    w->is_range = true;
    return is_read(w, i + 1, told_when(r) || l->digits == 4 ? SURE : LIKELY);
}

/* "between 1700 and 1800": either end. */
static bool is_between(struct reader *r, uint32_t i)
{
    return (is_before(r, 1, "between") && is_class(r, i + 1, WORD_AND) && is_year(r, i + 2)) ||
           (is_before(r, 1, "and") && is_before(r, 3, "between"));
}

/* A year alone. */
static bool bare_year(struct reader *r, uint32_t i, struct when *w)
{
    int32_t year = year_of(r, i);
    bool in_brackets = r->token > r->first_token && is_sign(r, i + 1, ')');
    uint8_t score = GUESS;

    w->date.year = year;
    if (is_class(r, i + 1, WORD_ERA)) {
        w->date.year = year * value_of(r, i + 1, WORD_ERA);
        return is_read(w, i + 2, SURE);
    }
    if (i > 0)
        score = SURE; /* something before it has been read */
    else if (is_between(r, i))
        score = SURE;
    else if (counts_things(r, i + 1))
        score = told_when(r) ? 35 : UNLIKELY;
    else if (told_when(r))
        score = SURE;
    else if (is_in_name(r))
        score = 35;
    else if (in_brackets)
        score = LIKELY;
    else if (year < 1800 || year > 2060)
        score = UNLIKELY;
    return is_read(w, i + 1, score);
}

/* "575 BC", "AD 70", "44 B.C.E.". */
static bool year_of_era(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t number = is_class(r, i, WORD_ERA) ? i + 1 : i, era = 2 * i + 1 - number;

    if (is_integer(r, i) && is_dash(r, i + 1) && is_integer(r, i + 2) && is_class(r, i + 3, WORD_ERA) &&
        lexeme(r, i)->digits <= 4 && lexeme(r, i + 2)->digits <= 4 && lexeme(r, i)->mantissa &&
        lexeme(r, i + 2)->mantissa) { /* "250-125 BC" */
        w->date.year = (int32_t)lexeme(r, i)->mantissa * value_of(r, i + 3, WORD_ERA);
        w->to.year = (int32_t)lexeme(r, i + 2)->mantissa * value_of(r, i + 3, WORD_ERA);
        w->is_range = true;
        return w->date.year < w->to.year && is_read(w, i + 4, SURE);
    }
    if (!is_integer(r, number) || !is_class(r, era, WORD_ERA) || lexeme(r, number)->mantissa == 0 ||
        lexeme(r, number)->digits > 4 || is_glued(r, i + 1))
        return false;
    w->date.year = (int32_t)lexeme(r, number)->mantissa * value_of(r, era, WORD_ERA);
    return is_read(w, i + 2, SURE);
}

/* "fiscal year 2016", "fiscal 2016", "financial year 2021-22", "FY2023", "FY 23", "FY2023/24". */
static bool fiscal_year(struct reader *r, uint32_t i, struct when *w)
{
    bool short_form = is_class(r, i, WORD_QUARTER) && lexeme(r, i)->word->text[0] == 'F';
    uint32_t at = i + 1;
    const struct lexeme *l;

    if (!short_form && !is_word(r, i, "fiscal") && !is_word(r, i, "financial"))
        return false;
    if (!short_form && is_word(r, at, "year"))
        at++;
    else if (!short_form && !is_word(r, i, "fiscal"))
        return false;
    at = short_form && is_apostrophe(r, at) ? at + 1 : at;
    if (is_year(r, at)) {
        if ((is_dash(r, at + 1) || is_sign(r, at + 1, '/')) && year_range(r, at + 2, w) && w->is_range)
            return is_read(w, w->behind, SURE);
        memset(w, 0, sizeof *w);
        w->date.year = year_of(r, at);
        return is_read(w, at + 1, SURE);
    }
    l = lexeme(r, at);
    if (!short_form || !is_integer(r, at) || l->digits != 2)
        return false;
    w->date.year = full_year((uint32_t)l->mantissa);
    if ((is_sign(r, at + 1, '/') || is_dash(r, at + 1)) && is_glued(r, at + 1) && is_integer(r, at + 2) &&
        is_glued(r, at + 2)) {
        w->to.year = full_year((uint32_t)lexeme(r, at + 2)->mantissa % 100);
        w->is_range = true;
        return lexeme(r, at + 2)->digits == 2 && w->to.year == w->date.year + 1 && is_read(w, at + 3, SURE);
    }
    return is_read(w, at + 1, SURE);
}

/* ---- More than a year --------------------------------------------------------------------------------------------- */

/* "1990s", "1990's", "'90s", "the nineties". */
static bool decade(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t number = is_apostrophe(r, i) ? i + 1 : i, at = number + 1;
    const struct lexeme *l = lexeme(r, number);
    int32_t year;

    if (is_class(r, i, WORD_DECADE)) {
        w->date = (struct date) { .year = 1900 + value_of(r, i, WORD_DECADE), .year_digits = 3 };
        return is_read(
            w, i + 1,
            is_before(r, 1, "the") || is_before(r, 1, "early") || is_before(r, 1, "late") || i > 0 ? LIKELY : UNLIKELY);
    }
    if (!is_integer(r, number) || l->mantissa % 10 || (l->digits != 4 && l->digits != 2) ||
        (number > i && !is_glued(r, number)))
        return false;
    if (l->digits == 2 && l->mantissa < 20 && number == i)
        return false;
    if (is_apostrophe(r, at) && is_glued(r, at))
        at++;
    if (!is_word(r, at, "s") || !is_glued(r, at))
        return false;
    year = l->digits == 4 ? (int32_t)l->mantissa : (l->mantissa < 20 ? 2000 : 1900) + (int32_t)l->mantissa;
    if (year < 1000 || year > 2200)
        return false;
    w->date = (struct date) { .year = year, .year_digits = 3 };
    return is_read(w, at + 1, l->digits == 2 && number == i && !told_when(r) ? GUESS : SURE);
}

/* "19th century", "twentieth-century BC". */
static bool century(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = i + 1;
    int64_t number;

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
    if (number > 1)
        w->date = (struct date) { .year = ((int32_t)number - 1) * 100, .year_digits = 2 };
    else
        w->form = WHEN_UNTOLD; /* its years begin with 00, as those that are not told do */
    if (is_class(r, at + 1, WORD_ERA)) {
        if (value_of(r, at + 1, WORD_ERA) < 0)
            w->form = WHEN_UNTOLD; /* ISO 8601 has no form for it */
        return is_read(w, at + 2, SURE);
    }
    return is_read(w, at + 1, SURE);
}

/* ---- Parts of years ----------------------------------------------------------------------------------------------- */

/* "Q3", "H1" at lexeme `i`, or "3Q": puts the part into the date. The lexeme behind; 0. */
static uint32_t short_part(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t letter = is_integer(r, i) ? i + 1 : i, number = 2 * i + 1 - letter;
    const struct lexeme *l = lexeme(r, number);

    if (!is_class(r, letter, WORD_QUARTER) || !is_integer(r, number) || !is_glued(r, i + 1) || l->digits != 1 ||
        l->mantissa < 1 || l->mantissa > (uint64_t)value_of(r, letter, WORD_QUARTER))
        return 0;
    w->date.part[0] = lexeme(r, letter)->word->text[0];
    w->date.part[1] = (char)('0' + l->mantissa);
    return i + 2;
}

/* "third quarter", "second half", "4th quarter": the same. */
static uint32_t long_part(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = i + 1;
    int32_t n;
    bool half;

    if (is_class(r, i, WORD_ORDINAL)) {
        n = value_of(r, i, WORD_ORDINAL);
    } else if (is_integer(r, i) && is_class(r, at, WORD_TH) && is_glued(r, at) && lexeme(r, i)->digits == 1) {
        n = (int32_t)lexeme(r, i)->mantissa;
        at++;
    } else {
        return 0;
    }
    at = skip_hyphen(r, at);
    half = is_class(r, at, WORD_HALF);
    if (!(half || is_word(r, at, "quarter")) || n < 1 || n > (half ? 2 : 4))
        return 0;
    w->date.part[0] = half ? 'H' : 'Q';
    w->date.part[1] = (char)('0' + n);
    return at + 1;
}

/* Behind a part: the year, "Q3 2021", "Q3'22", "Q3 FY2024", "1Q 22"; "first quarter of fiscal 2020". */
static uint32_t year_of_part(struct reader *r, uint32_t i, struct when *w)
{
    struct when year = { .behind = 0 };
    uint32_t at = is_dash(r, i) || is_sign(r, i, '/') || is_class(r, i, WORD_OF) ? i + 1 : i, behind;
    const struct lexeme *l;

    if (fiscal_year(r, at, &year) && !year.is_range) {
        w->date.year = year.date.year;
        return year.behind;
    }
    behind = skip_year(r, at, &w->date.year);
    if (behind > at)
        return behind;
    l = lexeme(r, at);
    if (is_integer(r, at) && l->digits == 2 && l->end - l->start == 2 && goes_on_plainly(r, at + 1)) {
        w->date.year = full_year((uint32_t)l->mantissa);
        return at + 1;
    }
    return i;
}

static bool part_first(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = short_part(r, i, w), behind;
    bool is_short = at > 0;

    if (!at && (at = long_part(r, i, w)) == 0)
        return false;
    behind = year_of_part(r, at, w);
    if (behind > at)
        return is_read(w, behind, SURE);
    if (is_short)
        return lexeme(r, i)->kind == LEXEME_WORD && is_read(w, at, w->date.part[0] == 'Q' ? LIKELY : UNLIKELY);
    return w->date.part[0] == 'Q' && is_read(w, at, SURE);
}

/* "2022-Q3", "2022 Q3", "2022 H1", "1997 second quarter", "FY24 Q3". */
static bool year_and_part(struct reader *r, uint32_t i, struct when *w)
{
    struct when year = { .behind = 0 };
    uint32_t at = i + 1;

    if (fiscal_year(r, i, &year)) {
        w->date.year = year.date.year;
        at = year.behind;
        if (year.is_range)
            return false;
    } else if (is_year(r, i)) {
        w->date.year = year_of(r, i);
        at = is_dash(r, at) && is_glued(r, at) ? at + 1 : is_apostrophe(r, at) && is_word(r, at + 1, "s") ? at + 2 : at;
    } else {
        return false;
    }
    at = is_sign(r, at, ',') ? at + 1 : at;
    if (!is_class(r, at, WORD_QUARTER) || (at = short_part(r, at, w)) == 0)
        at = long_part(r, is_sign(r, i + 1, ',') ? i + 2 : i + 1, w);
    return at && is_read(w, at, SURE);
}

static bool season(struct reader *r, uint32_t i, struct when *w)
{
    const struct word *word = lexeme(r, i)->word;
    uint32_t at = i + 1, behind;

    if (!is_class(r, i, WORD_SEASON))
        return false;
    memcpy(w->date.part, word->text, 2);
    if (is_class(r, at, WORD_OF) && is_year(r, at + 1))
        at++;
    behind = skip_year(r, at, &w->date.year);
    if (behind > at && is_year(r, behind - 1) && (is_sign(r, behind, '/') || is_dash(r, behind)) &&
        year_range(r, behind + 1, w)) { /* "winter 2019/20" */
        w->is_range = false;
        w->form = WHEN_UNTOLD;
        return is_read(w, w->behind, SURE);
    }
    if (behind > at && !is_year(r, behind - 1) && is_integer(r, behind - 1) && !is_apostrophe(r, behind - 2)) {
        w->date.year = 0;
        behind = at;
    }
    return is_read(w, behind, w->date.year ? SURE : i > 0 && !(word->flags & IS_OTHER_WORD) ? LIKELY : UNLIKELY);
}

/* "week 13 of 2024", "week 13, 2024". */
static bool week_of_year(struct reader *r, uint32_t i, struct when *w)
{
    const struct lexeme *l = lexeme(r, i + 1);
    uint32_t behind;

    if (!is_word(r, i, "week") || !is_integer(r, i + 1) || l->digits > 2)
        return false;
    behind = skip_year(r, i + 2, &w->date.year);
    if (behind == i + 2 || !is_year(r, behind - 1) || !calendar_has_week(w->date.year, (uint32_t)l->mantissa))
        return false;
    w->date.week = (uint8_t)l->mantissa;
    return is_read(w, behind, SURE);
}

typedef bool reading(struct reader *r, uint32_t i, struct when *w);

/* What a part of a year, or more than one, begins with. */
static bool may_be_part(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i), *next = lexeme(r, i + 1);

    if (l->kind != LEXEME_NUMBER)
        return true;
    if (!is_integer(r, i) || l->end - l->start > 4)
        return false; /* else "1990s", "4th", "3Q", "2022-Q3", "2022 second half" */
    return next->kind == LEXEME_WORD || is_dash(r, i + 1) || is_apostrophe(r, i + 1) || is_sign(r, i + 1, ',');
}

bool part_of_year_at(struct reader *r, uint32_t i, struct when *w)
{
    static reading *const readings[] = { year_and_part, decade, century, part_first, season, week_of_year };

    if (!may_be_part(r, i))
        return false;
    memset(w, 0, sizeof *w);
    for (size_t k = 0; k < sizeof readings / sizeof readings[0]; k++) {
        if (readings[k](r, i, w))
            return true;
        if (w->date.year || w->date.part[0] || w->date.week || w->to.year) /* as far as it came */
            memset(w, 0, sizeof *w);
    }
    return false;
}

bool year_at(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t behind;
    int32_t year;

    if (lexeme(r, i)->kind == LEXEME_NUMBER && (!is_integer(r, i) || lexeme(r, i)->digits > 4))
        return false;
    memset(w, 0, sizeof *w);
    if (year_of_era(r, i, w) || fiscal_year(r, i, w))
        return true;
    if ((behind = year_in_words(r, i, &year)) != 0) {
        w->date.year = year;
        if (counts_things(r, behind))
            return false;
        return is_read(w, behind, told_when(r) || i > 0 ? SURE : LIKELY);
    }
    if (!is_year(r, i))
        return false;
    if ((is_dash(r, i + 1) || is_sign(r, i + 1, '/')) && year_range(r, i + 2, w))
        return true;
    memset(w, 0, sizeof *w);
    return bare_year(r, i, w);
}
