/* counted.c: days that are counted from others, or within a month: "last Friday of next month", "first day of 2025", "the day after
 * tomorrow", "3 days from Tuesday", "two weeks before Easter". */
#include "plugins/entities/expressions/when.h"

#define LAST 0u

/* "first", "last", "2nd": puts it into *nth, LAST for the last. The lexeme behind; 0 when there is none. */
static uint32_t nth_at(struct reader *r, uint32_t i, uint32_t *nth)
{
    if (is_word(r, i, "last")) {
        *nth = LAST;
        return i + 1;
    }
    if (is_class(r, i, WORD_ORDINAL)) {
        *nth = (uint32_t)value_of(r, i, WORD_ORDINAL);
        return *nth <= 31 ? i + 1 : 0;
    }
    if (is_integer(r, i) && is_class(r, i + 1, WORD_TH) && is_glued(r, i + 1) && lexeme(r, i)->mantissa <= 31) {
        *nth = (uint32_t)lexeme(r, i)->mantissa;
        return *nth ? i + 2 : 0;
    }
    return 0;
}

/* The month or the year that a day is in: "October 2024", "next month", "the month", "2024". Without a reference date it may be
 * one that isn't told: then its year is 0. */
static bool whole_at(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t at = is_class(r, i, WORD_THE) ? i + 1 : i;

    if (is_month(r, at)) {
        memset(w, 0, sizeof *w);
        w->date.month = (uint8_t)value_of(r, at, WORD_MONTH);
        at = skip_period(r, at + 1);
        w->behind = skip_year(r, at, &w->date.year);
        if (w->behind > at && !is_year(r, w->behind - 1)) {
            w->date.year = 0;
            w->behind = at;
        }
        calendar_resolve(r, &w->date);
        return true;
    }
    if (shifted_month_at(r, at, w))
        return !w->date.week && !w->date.day && !w->date.part[0];
    if (is_word(r, at, "month") || is_word(r, at, "year")) {
        struct date today = calendar_date(r->settings->today);

        memset(w, 0, sizeof *w);
        if (at == i)
            return false;
        if (r->settings->has_today)
            w->date = (struct date) { .year = today.year, .month = is_word(r, at, "month") ? today.month : 0 };
        w->behind = at + 1;
        return true;
    }
    memset(w, 0, sizeof *w);
    if (!is_year(r, at))
        return false;
    w->date.year = (int32_t)lexeme(r, at)->mantissa;
    w->behind = at + 1;
    return true;
}

/* The nth day of a month or a year, from the first or the last. */
static bool set_nth_day(struct when *w, uint32_t nth)
{
    int32_t first = calendar_days(w->date.year, w->date.month ? w->date.month : 1, 1),
            last = w->date.month ? first + (int32_t)calendar_month_days(w->date.year, w->date.month) - 1
                                 : calendar_days(w->date.year, 12, 31);
    int32_t at = nth == LAST ? last : first + (int32_t)nth - 1;

    if (at > last)
        return false;
    when_set_day(w, at);
    return true;
}

/* "last Friday of next month", "second Thursday in May", "last day of February", "last week of this month". */
static bool nth_of(struct reader *r, uint32_t i, struct when *w)
{
    uint32_t nth, at = nth_at(r, i, &nth), what = at;
    bool is_day, is_week;

    if (!at)
        return false;
    is_day = is_word(r, at, "day");
    is_week = is_word(r, at, "week") && nth == LAST;
    if (!is_class(r, at, WORD_WEEKDAY) && !is_day && !is_week)
        return false;
    at = skip_period(r, at + 1);
    if (!(is_class(r, at, WORD_OF) || is_word(r, at, "in")) || !whole_at(r, at + 1, w))
        return false;
    w->score = SURE;
    if (!w->date.year || w->form != WHEN_DATE || (!is_day && !w->date.month)) {
        w->form = WHEN_UNTOLD;
        return true;
    }
    if (is_day)
        return set_nth_day(w, nth);
    if (is_week) {
        set_nth_day(w, LAST);
        w->date = calendar_week_of(calendar_days(w->date.year, w->date.month, w->date.day));
        return true;
    }
    {
        int32_t days;

        if (!calendar_nth(w->date.year, w->date.month, (uint32_t)value_of(r, what, WORD_WEEKDAY), nth, &days))
            return false;
        when_set_day(w, days);
    }
    return true;
}

/* "after", "before", "from", "prior to" at lexeme `i`: the lexeme behind; 0. */
static uint32_t side_at(struct reader *r, uint32_t i, bool *back)
{
    *back = is_word(r, i, "before") || is_word(r, i, "prior");
    if (is_word(r, i, "prior"))
        return is_word(r, i + 1, "to") ? i + 2 : 0;
    return *back || is_word(r, i, "after") || is_word(r, i, "from") || is_word(r, i, "following") ? i + 1 : 0;
}

/* "the week after next", "the month before last". */
static bool after_next(struct reader *r, uint32_t i, const struct span *one, bool back, struct when *w)
{
    struct span two = *one;

    if (!is_word(r, i, back ? "last" : "next") || lexeme(r, i + 1)->kind == LEXEME_NUMBER ||
        is_class(r, i + 1, WORD_PERIOD) || is_class(r, i + 1, WORD_WEEKDAY))
        return false;
    two.number[0] = 2;
    when_from_now(r, w, &two, back);
    w->behind = i + 1;
    return true;
}

/* "two weeks before Easter", "3 days from Tuesday", "a week after tomorrow", "the day after tomorrow". */
static bool from_day(struct reader *r, uint32_t i, struct when *w)
{
    struct span span = { .n = 1, .number = { 1 }, .is_known = true, .behind = i + 1 };
    bool is_one = is_class(r, i, WORD_PERIOD) && !(lexeme(r, i)->word->flags & (IS_PLURAL | IS_SHORT)), back;
    int32_t unused;
    uint32_t at;

    if (is_one)
        span.period[0] = (uint8_t)value_of(r, i, WORD_PERIOD);
    else if (!span_at(r, i, &span))
        return false;
    if (span.period[0] < DAY || (at = side_at(r, span.behind, &back)) == 0)
        return false;
    w->score = SURE;
    if (is_one && after_next(r, at, &span, back, w))
        return true;
    at = is_class(r, at, WORD_THE) ? at + 1 : at;
    if (!(relative_at(r, at, w) || holiday_at(r, at, 0, w) || date_at(r, at, w) || stamp_at(r, at, w)) ||
        w->score < LIKELY)
        return false;
    if (w->form == WHEN_DATE && !when_is_day(w, &unused) && !w->date.day && !w->date.weekday &&
        (is_word(r, span.behind, "from") || !w->date.year))
        return false; /* "six months from January" */
    calendar_resolve(r, &w->date);
    w->is_alone = false;
    if (w->form == WHEN_DATE && w->date.weekday && !w->date.year)
        w->form = WHEN_UNTOLD;
    when_move(w, &span, back);
    w->score = SURE;
    return true;
}

bool counted_at(struct reader *r, uint32_t i, struct when *w)
{
    memset(w, 0, sizeof *w);
    if (nth_of(r, i, w))
        return true;
    memset(w, 0, sizeof *w);
    return from_day(r, i, w);
}
