/* relative.c: dates that are told from now: "yesterday", "last week", "two days ago", "Monday morning". With a reference date they get
 * their value; without one, what is left of it: how far from now ("-P2D"), or which day of the week ("XXXX-WXX-2"). */
#include "plugins/entities/expressions/calendar.h"
#include "plugins/entities/expressions/number.h"

static bool has_today(struct reader *r)
{
    return r->settings->has_today;
}

/* A day so many days from now, with the part of it. */
static void write_day(struct reader *r, struct match *m, int32_t days, const char *part)
{
    struct writer w = writer_of(m);
    struct date date;

    if (has_today(r)) {
        date = calendar_date(r->settings->today + days);
        write_date(&w, &date);
    } else {
        write_duration(&w, days < 0 ? -days : days, DAY, days < 0);
    }
    if (part[0]) {
        write_char(&w, 'T');
        write_string(&w, part);
    }
}

/* The month so many months from now; months are counted from the year 0. */
static struct date month_from(int32_t today, int32_t months)
{
    struct date date = calendar_date(today);
    int32_t at = date.year * 12 + date.month - 1 + months;

    return (struct date) { .year = at / 12, .month = (uint8_t)(at % 12 + 1) };
}

static void write_season_or_quarter(struct writer *w, int32_t today, int32_t quarters)
{
    struct date date = month_from(today, 3 * quarters);

    write_digits(w, (uint32_t)date.year, 4);
    write_string(w, "-Q");
    write_digits(w, (date.month - 1u) / 3 + 1, 1);
}

/* The period so many periods from now, as exactly as the period is long: "2024-W13", "2024-03", "2024". */
static void write_period(struct reader *r, struct match *m, int32_t number, enum period period)
{
    struct writer w = writer_of(m);
    int32_t today = r->settings->today;
    struct date date;

    if (!has_today(r) || number < -2000 || number > 2000) {
        period = period == WEEKEND ? WEEK : period;
        write_duration(&w, number < 0 ? -(double)number : number, period, number < 0);
        return;
    }
    switch (period) {
    case DAY:
        date = calendar_date(today + number);
        write_date(&w, &date);
        return;
    case FORTNIGHT:
    case WEEK:
        write_week_of(&w, today + number * (period == WEEK ? 7 : 14));
        return;
    case WEEKEND:
        write_week_of(&w, today + number * 7);
        write_string(&w, "-WE");
        return;
    case MONTH:
        date = month_from(today, number);
        write_date(&w, &date);
        return;
    case QUARTER:
        write_season_or_quarter(&w, today, number);
        return;
    case YEAR:
        write_digits(&w, (uint32_t)(calendar_date(today).year + number), 4);
        return;
    case DECADE:
        write_digits(&w, (uint32_t)(calendar_date(today).year / 10 + number), 3);
        return;
    case CENTURY:
        write_digits(&w, (uint32_t)(calendar_date(today).year / 100 + number), 2);
        return;
    default: /* less than a day: a date doesn't tell the hour */
        write_duration(&w, number < 0 ? -(double)number : number, period, number < 0);
    }
}

/* ---- Days ---------------------------------------------------------------------------------------------------------- */

/* "yesterday", "tomorrow night", "tonight". */
static bool day_word(struct reader *r, struct match *m)
{
    const struct word *word = lexeme(r, 0)->word;

    if (is_class(r, 0, WORD_PART) && is_class(r, 0, WORD_DAY)) {
        m->type = ENTITY_TIME;
        m->behind = 1;
        write_day(r, m, 0, word->text);
        return true;
    }
    if (!is_class(r, 0, WORD_DAY))
        return false;
    m->type = ENTITY_DATE;
    m->behind = 1;
    if (is_class(r, 1, WORD_PART) && !is_class(r, 1, WORD_DAY) && !(lexeme(r, 1)->word->flags & IS_PLURAL)) {
        m->type = ENTITY_TIME;
        m->behind = 2;
        write_day(r, m, word->value, lexeme(r, 1)->word->text);
        return true;
    }
    write_day(r, m, word->value, "");
    return true;
}

#define THIS_WEEK 2

/* A weekday, so many weeks from the last one: "Monday", "next Tuesday", "Friday night". `shift` 0: the last one, today
 * included, as news has it; -1: the last before today; 1: the first behind today; THIS_WEEK: the one of today's week. */
static void write_weekday(struct reader *r, struct match *m, uint32_t weekday, int32_t shift, const char *part)
{
    struct writer w = writer_of(m);
    struct date date = { .weekday = (uint8_t)weekday };

    if (has_today(r)) {
        int32_t today = r->settings->today, back = (int32_t)((calendar_weekday(today) + 7 - weekday) % 7);

        if (shift < 0 && back == 0)
            back = 7;
        if (shift == THIS_WEEK)
            back = (int32_t)calendar_weekday(today) - (int32_t)weekday;
        date = calendar_date(today - back + (shift == 1 ? 7 : 0));
    }
    memcpy(date.time, part, strlen(part) < 3 ? strlen(part) : 2);
    write_date(&w, &date);
}

/* From a weekday at lexeme `i` on. */
static bool weekday_at(struct reader *r, uint32_t i, int32_t shift, struct match *m)
{
    const struct word *word = lexeme(r, i)->word;
    const char *part = "";
    uint32_t at = i + 1;

    if (!is_class(r, i, WORD_WEEKDAY))
        return false;
    if (is_class(r, at, WORD_PART) && !is_class(r, at, WORD_DAY)) {
        part = lexeme(r, at)->word->text;
        at++;
    }
    m->score = word->flags & IS_SHORT && i == 0 ? 35 : 95;
    if (word->flags & IS_SHORT && r->input->text[lexeme(r, i)->end - 1] == '.')
        m->score = 75;
    m->type = part[0] ? ENTITY_TIME : ENTITY_DATE;
    m->behind = at;
    write_weekday(r, m, (uint32_t)word->value, shift, part);
    return true;
}

/* ---- "last", "this", "next" --------------------------------------------------------------------------------------- */

static bool shifted_month(struct reader *r, struct match *m, int32_t shift)
{
    struct date date = { .month = (uint8_t)value_of(r, 1, WORD_MONTH) };
    struct writer w = writer_of(m);

    if (has_today(r)) {
        struct date today = calendar_date(r->settings->today);

        date.year = today.year;
        if (shift < 0 && date.month >= today.month)
            date.year--;
        else if (shift > 0 && date.month <= today.month)
            date.year++;
    }
    write_date(&w, &date);
    m->type = ENTITY_DATE;
    m->behind = 2;
    return true;
}

static bool shifted_season(struct reader *r, struct match *m, int32_t shift)
{
    struct writer w = writer_of(m);
    struct date date = { .year = 0 };

    memcpy(date.part, lexeme(r, 1)->word->text, 2);
    if (has_today(r))
        date.year = calendar_date(r->settings->today).year + shift;
    write_date(&w, &date);
    m->type = ENTITY_DATE;
    m->behind = 2;
    return true;
}

/* "last night", "this morning". */
static bool shifted_part(struct reader *r, struct match *m, int32_t shift)
{
    if (shift > 0 || lexeme(r, 1)->word->flags & IS_PLURAL)
        return false;
    m->type = ENTITY_TIME;
    m->behind = 2;
    write_day(r, m, shift, lexeme(r, 1)->word->text);
    return true;
}

/* "last two weeks", "past 24 hours", "next few days", "coming years", "past year": how long, counted from now. */
static bool shifted_duration(struct reader *r, struct match *m, uint32_t i)
{
    struct number n = { .behind = i };
    enum period period;
    struct writer w;

    if (is_class(r, i, WORD_FEW)) {
        n.behind = is_class(r, i + 1, WORD_OF) ? i + 2 : i + 1;
        n.value = value_of(r, i, WORD_FEW);
        n.is_known = n.value > 0;
    } else if (number_at(r, i, false).behind) {
        n = number_at(r, i, false);
    } else if (!is_class(r, i - 1, WORD_SPAN) || !is_class(r, i, WORD_PERIOD)) {
        return false;
    } else {
        n.is_known = !(lexeme(r, i)->word->flags & IS_PLURAL);
        n.value = 1;
    }
    if (!is_class(r, n.behind, WORD_PERIOD) || n.value >= 1e6)
        return false;
    period = (enum period)value_of(r, n.behind, WORD_PERIOD);
    m->type = ENTITY_DURATION;
    m->behind = n.behind + 1;
    w = writer_of(m);
    if (n.is_known)
        write_duration(&w, n.value, period, false);
    else
        write_unknown_duration(&w, period);
    return true;
}

static bool shifted(struct reader *r, struct match *m)
{
    int32_t shift;

    if (is_class(r, 0, WORD_SPAN))
        return shifted_duration(r, m, 1);
    if (!is_class(r, 0, WORD_SHIFT))
        return false;
    shift = value_of(r, 0, WORD_SHIFT);
    if (is_class(r, 1, WORD_WEEKDAY) && is_sign(r, 2, ',') && is_class(r, 3, WORD_MONTH))
        return false; /* "this Monday, July 25" */
    if (is_class(r, 1, WORD_WEEKDAY))
        return weekday_at(r, 1, shift ? shift : THIS_WEEK, m);
    if (is_class(r, 1, WORD_MONTH) && !(lexeme(r, 1)->word->flags & IS_SHORT))
        return shifted_month(r, m, shift);
    if (is_class(r, 1, WORD_SEASON))
        return shifted_season(r, m, shift);
    if (is_class(r, 1, WORD_PART))
        return shifted_part(r, m, shift);
    if (is_class(r, 1, WORD_PERIOD) && !(lexeme(r, 1)->word->flags & (IS_PLURAL | IS_SHORT))) {
        enum period period = (enum period)value_of(r, 1, WORD_PERIOD);
        if (period < DAY || (period == DAY && shift == 0))
            return false;
        m->type = ENTITY_DATE;
        m->behind = 2;
        write_period(r, m, shift, period);
        return true;
    }
    return shifted_duration(r, m, 1);
}

/* ---- "ago" -------------------------------------------------------------------------------------------------------- */

/* "two days ago", "a year earlier", "a week from now". */
static bool ago(struct reader *r, struct match *m)
{
    struct number n = { .behind = 0 };
    enum period period;
    uint32_t at;
    int32_t shift;

    if (is_class(r, 0, WORD_A) && is_class(r, 1, WORD_PERIOD))
        n = (struct number) { .behind = 1, .value = 1, .is_known = true };
    else if (is_class(r, 0, WORD_FEW) || (is_class(r, 0, WORD_A) && is_class(r, 1, WORD_FEW)))
        n.behind = is_class(r, 0, WORD_A) ? 2 : 1;
    else
        n = number_at(r, 0, false);
    at = n.behind && is_class(r, n.behind, WORD_OF) ? n.behind + 1 : n.behind;
    if (!at || !is_class(r, at, WORD_PERIOD) || n.value >= 1e6)
        return false;
    period = (enum period)value_of(r, at, WORD_PERIOD);
    if (is_class(r, at + 1, WORD_AGO)) {
        shift = value_of(r, at + 1, WORD_AGO);
        m->behind = at + 2;
    } else if (is_word(r, at + 1, "from") && (is_word(r, at + 2, "now") || is_word(r, at + 2, "today"))) {
        shift = 1;
        m->behind = at + 3;
    } else {
        return false;
    }
    if (is_word(r, at + 1, "before") &&
        !(lexeme(r, at + 2)->kind == LEXEME_SIGN || lexeme(r, at + 2)->kind == LEXEME_END))
        return false; /* "two days before the vote" is how long */
    m->type = period < DAY ? ENTITY_TIME : ENTITY_DATE;
    if (!n.is_known)
        return true;
    /* "earlier" and "later" are told from another time than now */
    if (has_today(r) && !is_word(r, at + 1, "ago") && !is_word(r, at + 1, "from"))
        return true;
    if (n.value == (double)(int32_t)n.value)
        write_period(r, m, shift * (int32_t)n.value, period);
    return true;
}

bool match_relative(struct reader *r, struct match *m)
{
    m->score = 95;
    return day_word(r, m) || weekday_at(r, 0, 0, m) || shifted(r, m) || ago(r, m);
}
