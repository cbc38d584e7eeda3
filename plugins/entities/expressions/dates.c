/* dates.c: the grammar of dates that have a month's name, in the orders that English writes them: "12 May 2024", "May 12th", "Friday, 22
 * July", "2019-Aug-01", and several days or a range of them. What could be something else ("May") needs a word before it that
 * says when, or gets a lower score. */
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

/* ---- What stands around ------------------------------------------------------------------------------------------- */

bool is_before(const struct reader *r, uint32_t n, const char *word)
{
    const struct textd_span *tokens = r->input->tokens;
    uint32_t token = r->token - n;
    size_t length = strlen(word);

    return r->token >= r->first_token + n && tokens[token].end - tokens[token].start == length &&
           strncasecmp(r->input->text + tokens[token].start, word, length) == 0;
}

bool told_when(struct reader *r)
{
    return r->before && (r->before->class == WORD_WHEN || r->before->other == WORD_WHEN ||
                         r->before->class == WORD_EARLY || r->before->class == WORD_SHIFT);
}

bool counts_things(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);
    const char *text = r->input->text;
    uint32_t length = l->end - l->start;

    if (l->kind != LEXEME_WORD || l->flags & (LEXEME_CAPITAL | LEXEME_GLUED))
        return false;
    if (is_word(r, i, "people") || is_class(r, i, WORD_UNIT) ||
        (is_class(r, i, WORD_PERIOD) && !is_class(r, i, WORD_ORDINAL)))
        return true;
    return length > 3 && text[l->end - 1] == 's' && text[l->end - 2] != 's' && l->word == &no_word &&
           !is_word(r, i, "was") && !is_word(r, i, "has");
}

/* Words that are a part of many names. */
static bool may_be_name(const struct word *word)
{
    return word == &no_word || word->class == WORD_SEASON || word->class == WORD_HOLIDAY ||
           word->class == WORD_HOLIDAY_DAY || word->class == WORD_MORE;
}

bool is_in_name(struct reader *r)
{
    const struct entity_input *in = r->input;
    const struct lexeme *next = lexeme(r, 1);

    if (next->kind == LEXEME_WORD && next->flags & LEXEME_CAPITAL && may_be_name(next->word))
        return true;
    if (r->token < r->first_token + 2 || in->kinds[r->token - 1] != TEXTD_TOKEN_WORD)
        return false;
    if (r->before && r->before->class != WORD_UNIT && r->before->class != WORD_CURRENCY &&
        r->before->class != WORD_LABEL && !may_be_name(r->before))
        return false; /* "Monday 2022" */
    return char_is_upper(in->text[in->tokens[r->token - 1].start]);
}

bool goes_on_plainly(struct reader *r, uint32_t i)
{
    static const char small[][READER_LONGEST] = { "and", "or",    "at",   "in", "on",  "to",    "the",  "is",
                                                  "was", "were",  "are",  "he", "she", "they",  "we",   "it",
                                                  "who", "which", "when", "by", "for", "from",  "with", "will",
                                                  "has", "had",   "have", "as", "but", "until", "till", "then" };
    const struct lexeme *l = lexeme(r, i);

    if (l->kind != LEXEME_WORD)
        return l->kind != LEXEME_NUMBER && !(l->kind == LEXEME_SIGN && l->point == '%');
    return is_among(r, i, small);
}

uint32_t lexeme_behind(struct reader *r, uint32_t i, uint32_t end)
{
    while (lexeme(r, i)->kind != LEXEME_END && lexeme(r, i)->end < end)
        i++;
    return lexeme(r, i)->kind != LEXEME_END && lexeme(r, i)->end == end ? i + 1 : 0;
}

/* ---- Days and months ---------------------------------------------------------------------------------------------- */

/* A month's name that can be nothing else as it is written here: "may" is a verb, "mar" too. */
bool is_month(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_MONTH) &&
           (lexeme(r, i)->flags & LEXEME_CAPITAL || !(lexeme(r, i)->word->flags & IS_OTHER_WORD));
}

bool is_weekday(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_WEEKDAY) &&
           (lexeme(r, i)->flags & LEXEME_CAPITAL || !(lexeme(r, i)->word->flags & IS_OTHER_WORD));
}

uint32_t skip_period(struct reader *r, uint32_t i)
{
    return lexeme(r, i - 1)->word->flags & IS_SHORT && is_sign(r, i, '.') && is_glued(r, i) ? i + 1 : i;
}

/* "12", "12th", "twelfth": puts it into *day. The lexeme behind it, 0 when there is none. */
uint32_t day_at(struct reader *r, uint32_t i, uint8_t *day)
{
    const struct lexeme *l = lexeme(r, i);

    if (is_class(r, i, WORD_ORDINAL) && value_of(r, i, WORD_ORDINAL) <= 20) {
        *day = (uint8_t)value_of(r, i, WORD_ORDINAL);
        return i + 1;
    }
    if (is_class(r, i, WORD_ORDINAL) && value_of(r, i, WORD_ORDINAL) == 30) {
        *day = 30;
        return i + 1;
    }
    if ((is_word(r, i, "twenty") || is_word(r, i, "thirty")) && is_class(r, skip_hyphen(r, i + 1), WORD_ORDINAL)) {
        *day = (uint8_t)(value_of(r, i, WORD_TENS) + value_of(r, skip_hyphen(r, i + 1), WORD_ORDINAL));
        return value_of(r, skip_hyphen(r, i + 1), WORD_ORDINAL) < 10 && *day <= 31 ? skip_hyphen(r, i + 1) + 1 : 0;
    }
    if (!is_integer(r, i) || l->end - l->start > 2 || l->mantissa < 1 || l->mantissa > 99)
        return 0;
    *day = (uint8_t)l->mantissa;
    if (is_class(r, i + 1, WORD_TH) && is_glued(r, i + 1))
        return i + 2;
    return is_glued(r, i + 1) && lexeme(r, i + 1)->kind == LEXEME_WORD ? 0 : i + 1;
}

/* A day of the month in a list or at the end of a range. */
static uint32_t next_day(struct reader *r, uint32_t i, uint8_t last, uint8_t *day)
{
    uint32_t behind = day_at(r, is_class(r, i, WORD_THE) && !is_dash(r, i - 1) ? i + 1 : i, day);

    return behind && *day > last && *day <= 31 && !is_class(r, behind, WORD_HALF_DAY) &&
                   !(is_sign(r, behind, ':') && is_glued(r, behind + 1))
               ? behind
               : 0;
}

/* "to 24", "-24", "and 24", ", 5 and 7" behind a day: a range or a list. The lexeme behind; `i` when there is none. */
static uint32_t more_days(struct reader *r, uint32_t i, struct when *w)
{
    uint8_t day, last = w->date.day;
    uint32_t behind, at = i;

    if (is_class(r, i, WORD_TO) || is_dash(r, i)) {
        if ((behind = next_day(r, i + 1, last, &day)) == 0)
            return i;
        w->to = w->date;
        w->to.day = day;
        w->is_range = true;
        return behind;
    }
    for (w->n_days = 0; w->n_days < MOST_DAYS - 1;) {
        bool comma = is_sign(r, at, ','), and = is_class(r, at, WORD_AND) || is_sign(r, at, '&') || is_sign(r, at, '/');
        uint32_t next = comma && is_class(r, at + 1, WORD_AND) ? at + 2 : at + 1;

        if (!(comma || and) || (behind = next_day(r, next, last, &day)) == 0)
            break;
        w->days[w->n_days++] = last = day;
        at = behind;
        if (and || next == at + 2)
            return at;
    }
    w->n_days = 0; /* without "and" nothing tells where the list ends */
    return i;
}

/* A list of days that follow each other is a range. */
static void join_days(struct when *w)
{
    uint8_t last = w->date.day;

    for (uint32_t k = 0; k < w->n_days; k++, last++)
        if (w->days[k] != last + 1)
            return;
    if (w->n_days == 0)
        return;
    w->to = w->date;
    w->to.day = last;
    w->is_range = true;
    w->n_days = 0;
}

/* The score of a month's name without a day or a year that is another word, too: "may", "mar". `at`: behind it. */
static uint8_t month_alone(struct reader *r, uint32_t i, uint32_t at)
{
    bool is_short = lexeme(r, i)->word->flags & IS_SHORT;

    if (told_when(r) || i > 0)
        return SURE;
    if (is_short)
        return r->input->text[lexeme(r, at - 1)->end - 1] == '.' ? LIKELY : UNLIKELY;
    if (is_in_name(r))
        return 35;
    if (r->token > r->first_token || (is_class(r, at, WORD_TO) && is_month(r, at + 1)))
        return LIKELY; /* a capital within a sentence: "that May" */
    return UNLIKELY;
}

/* "8,2024" behind "March": a blank is missing. */
static uint32_t tight_year(struct reader *r, uint32_t i, struct when *w)
{
    const struct lexeme *l = lexeme(r, i);
    const char *p = r->input->text + l->start;
    uint32_t n = l->end - l->start, comma = n - 5, year = 0;

    if (l->kind != LEXEME_NUMBER || n < 6 || n > 7 || p[comma] != ',' || (p[comma + 1] != '1' && p[comma + 1] != '2'))
        return 0;
    for (uint32_t k = 0; k < n; k++)
        if (k != comma && !char_is_digit(p[k]))
            return 0;
    for (uint32_t k = comma + 1; k < n; k++)
        year = year * 10 + (uint32_t)(p[k] - '0');
    w->date.day = (uint8_t)(comma == 1 ? p[0] - '0' : (p[0] - '0') * 10 + p[1] - '0');
    w->date.year = (int32_t)year;
    return i + 1;
}

/* A month in small letters that is a verb, too: only with a day that is surely one. */
static bool is_surely_day(struct reader *r, uint32_t i, uint32_t behind, const struct when *w)
{
    return is_month(r, i) || w->date.year || is_class(r, behind - 1, WORD_TH) || goes_on_plainly(r, behind);
}

static bool month_first(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at, behind;
    bool is_tight;

    if (!is_class(r, i, WORD_MONTH))
        return false;
    w->date.month = (uint8_t)value_of(r, i, WORD_MONTH);
    w->score = SURE;
    at = skip_period(r, i + 1);
    if ((w->behind = tight_year(r, at, w)) != 0)
        return true;
    is_tight = is_glued(r, at) && (is_dash(r, at) || is_sign(r, at, '/')) && is_glued(r, at + 1);
    at = is_tight ? at + 1 : at;
    behind = day_at(r, is_class(r, at, WORD_THE) ? at + 1 : at, &w->date.day);
    if (behind && w->date.day > 31 && is_month(r, i) && !is_tight && lexeme(r, at)->kind == LEXEME_NUMBER &&
        !counts_things(r, behind) && !is_sign(r, behind, '%') && !is_class(r, behind, WORD_PERCENT)) {
        w->date.year = full_year(w->date.day); /* "July 96" */
        w->date.day = 0;
        w->behind = behind;
        return true;
    }
    if (behind && !(is_sign(r, behind, ':') && is_glued(r, behind + 1)) &&
        !(is_sign(r, behind, '%') || is_class(r, behind, WORD_PERCENT) || is_class(r, behind, WORD_HALF_DAY) ||
          (is_class(r, behind, WORD_OCLOCK)))) {
        uint32_t range;

        if (is_tight && is_glued(r, behind) && lexeme(r, behind)->point == lexeme(r, at - 1)->point &&
            is_year(r, behind + 1)) {
            w->date.year = (int32_t)lexeme(r, behind + 1)->mantissa; /* "Aug/01/2019" */
            w->behind = behind + 2;
            return true;
        }
        range = is_tight ? behind : more_days(r, behind, w);
        w->behind = skip_year(r, range, &w->date.year);
        w->to.year = w->date.year;
        join_days(w);
        return is_surely_day(r, i, range, w);
    }
    w->date.day = 0;
    if (!is_month(r, i))
        return false;
    at = is_tight ? at - 1 : at;
    if (is_tight && is_year(r, at + 1)) {
        w->date.year = (int32_t)lexeme(r, at + 1)->mantissa; /* "May-2024" */
        w->behind = at + 2;
        return true;
    }
    w->behind = skip_year(r, at, &w->date.year);
    if (w->behind > at && !is_year(r, w->behind - 1) && is_integer(r, w->behind - 1) &&
        !is_apostrophe(r, w->behind - 2)) {
        w->date.year = 0; /* "May 5, 24" is a year behind a day, "May, 24" is nothing */
        w->behind = at;
    }
    if (!w->date.year && lexeme(r, i)->word->flags & IS_OTHER_WORD)
        w->score = month_alone(r, i, at);
    return true;
}

/* "12 May 2024", "12th of May", "16. Nov. 2016", "12-May-24", "12/May/2024", "fifth day of May". */
static bool day_first(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = day_at(r, i, &w->date.day), from;
    uint32_t sign = 0;

    if (!at)
        return false;
    from = at;
    at = more_days(r, at, w);
    if (at == from && is_sign(r, at, '.') && is_glued(r, at))
        at++;
    if (is_word(r, at, "day") && is_class(r, at + 1, WORD_OF))
        at++;
    if (is_class(r, at, WORD_OF)) {
        at++;
    } else if ((is_dash(r, at) || is_sign(r, at, '/')) && is_class(r, at + 1, WORD_MONTH)) {
        sign = lexeme(r, at)->point;
        at++;
    }
    if (!is_class(r, at, WORD_MONTH) || (is_glued(r, at) && !sign && !is_sign(r, at - 1, '.')))
        return false;
    if (!is_month(r, at) && !is_year(r, at + 1) && !goes_on_plainly(r, at + 1) &&
        lexeme(r, at + 1)->kind == LEXEME_WORD)
        return false; /* "13-17 may be" */
    w->date.month = (uint8_t)value_of(r, at, WORD_MONTH);
    at = skip_period(r, at + 1);
    w->behind = at;
    w->score = SURE;
    if (sign && lexeme(r, at)->kind == LEXEME_SIGN && lexeme(r, at)->point == sign && is_integer(r, at + 1) &&
        is_glued(r, at + 1) && (is_year(r, at + 1) || lexeme(r, at + 1)->end - lexeme(r, at + 1)->start == 2)) {
        uint32_t year = (uint32_t)lexeme(r, at + 1)->mantissa;

        w->date.year = year > 99 ? (int32_t)year : full_year(year);
        w->behind = at + 2;
    } else if (!sign || !is_glued(r, at)) {
        w->behind = skip_year(r, at, &w->date.year);
    }
    w->to.month = w->date.month;
    w->to.year = w->date.year;
    join_days(w);
    return true;
}

/* "2019-Aug-01", "2019 May 5", "2019/Aug/1", "2019 May". */
static bool year_first(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = i + 1, behind;
    bool is_tight =
        (is_dash(r, at) || is_sign(r, at, '/') || is_sign(r, at, '.')) && is_glued(r, at) && is_glued(r, at + 1);

    if (!is_year(r, i) || !is_class(r, is_tight ? at + 1 : at, WORD_MONTH))
        return false;
    at = is_tight ? at + 1 : at;
    w->date.year = (int32_t)lexeme(r, i)->mantissa;
    w->date.month = (uint8_t)value_of(r, at, WORD_MONTH);
    w->score = SURE;
    at = skip_period(r, at + 1);
    w->behind = at;
    if (is_tight &&
        !(lexeme(r, at)->kind == LEXEME_SIGN && lexeme(r, at)->point == lexeme(r, i + 1)->point && is_glued(r, at)))
        return !is_glued(r, at);
    behind = day_at(r, is_tight ? at + 1 : at, &w->date.day);
    if (!behind || w->date.day > 31) {
        w->date.day = 0;
        return !is_tight && !(lexeme(r, i + 1)->word->flags & IS_OTHER_WORD); /* "in 2019 May resigned" */
    }
    w->behind = behind;
    return true;
}

static bool day_and_month(struct reader *r, uint32_t i, struct when *w)
{
    memset(w, 0, sizeof *w);
    if (is_class(r, i, WORD_MONTH))
        return month_first(r, i, w);
    if (is_year(r, i))
        return year_first(r, i, w);
    return day_first(r, i, w);
}

/* "Friday, 22nd July", "Wed 14 July", "Monday the 25th of July", "Friday, 2024-03-08", "Thursday the 14th", "Wed., 5/3/24". */
static bool weekday_first(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = i + 1, behind;
    uint8_t weekday, day;
    bool the;

    if (!is_class(r, i, WORD_WEEKDAY) || lexeme(r, i)->word->flags & IS_PLURAL)
        return false;
    weekday = (uint8_t)value_of(r, i, WORD_WEEKDAY);
    at = lexeme(r, i)->word->flags & IS_SHORT ? skip_period(r, at) : at;
    at = is_sign(r, at, ',') ? at + 1 : at;
    the = is_class(r, at, WORD_THE);
    at = the ? at + 1 : at;
    if ((day_and_month(r, at, w) || stamp_at(r, at, w)) && w->date.day) {
        w->date.weekday = w->is_range || w->n_days ? 0 : weekday;
        w->score = SURE;
        return true;
    }
    memset(w, 0, sizeof *w);
    behind = day_at(r, at, &day);
    if (!behind || day > 31 || !is_weekday(r, i) || !(the || is_class(r, behind - 1, WORD_TH)) ||
        !(is_class(r, behind - 1, WORD_TH) || is_class(r, behind - 1, WORD_ORDINAL)))
        return false;
    if (!goes_on_plainly(r, behind) && !is_class(r, behind, WORD_ON))
        return false; /* "on Friday the first match" */
    w->date.day = day;
    w->date.weekday = weekday;
    w->behind = behind;
    w->score = SURE;
    return true;
}

/* "on the 15th": of a month that isn't told. */
static bool day_alone(struct reader *r, uint32_t i, struct when *w)
{
    uint8_t day;
    uint32_t behind = day_at(r, i, &day);

    if (i > 0 || !behind || behind < 2 || day > 31 || !is_class(r, 1, WORD_TH) || !is_before(r, 1, "the") ||
        !(is_before(r, 2, "on") || is_before(r, 2, "by") || is_before(r, 2, "until") || is_before(r, 2, "since")) ||
        lexeme(r, behind)->kind == LEXEME_NUMBER || !goes_on_plainly(r, behind) || is_class(r, behind, WORD_AND))
        return false;
    w->date.day = day;
    w->behind = behind;
    w->score = LIKELY;
    return true;
}

/* "mid-March", "early-1990s": with a blank between them, "late 1990s", people don't take the first word for a part of the date. */
static bool with_early(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = skip_hyphen(r, i + 1);

    if (!is_class(r, i, WORD_EARLY) || at == i + 1)
        return false;
    if (part_of_year_at(r, at, w))
        return true;
    memset(w, 0, sizeof *w);
    if (month_first(r, at, w) && !w->date.day)
        return true;
    memset(w, 0, sizeof *w);
    if (!is_year(r, at) || is_class(r, at + 1, WORD_UNIT))
        return false;
    w->date.year = (int32_t)lexeme(r, at)->mantissa;
    w->behind = at + 1;
    w->score = SURE;
    return true;
}

bool date_at(struct reader *r, uint32_t i, struct when *w)
{
    if (is_class(r, i, WORD_EARLY))
        return with_early(r, i, w);
    if (is_class(r, i, WORD_WEEKDAY)) {
        memset(w, 0, sizeof *w);
        return weekday_first(r, i, w);
    }
    if (day_and_month(r, i, w))
        return true;
    if (i > 0 || r->token == r->first_token)
        return false;
    memset(w, 0, sizeof *w);
    return day_alone(r, i, w);
}
