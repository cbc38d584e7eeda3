/* relative.c: dates that are told from now: "yesterday", "last week", "two days ago", "in two weeks", "Monday morning". With a reference date
 * they get their value; without one, what is left of it: how far from now ("-P2D"), or which day of the week ("XXXX-WXX-2"). */
#include "plugins/entities/expressions/when.h"

#define MOST_MOVED 1e5 /* periods; what is moved farther has no year that can be written */

/* ---- Moving ------------------------------------------------------------------------------------------------------- */

bool when_is_day(const struct when *w, int32_t *days)
{
    if (w->form != WHEN_DATE || w->is_range || w->n_days || w->date.year <= 0 || !w->date.month || !w->date.day)
        return false;
    *days = calendar_days(w->date.year, w->date.month, w->date.day);
    return true;
}

void when_set_day(struct when *w, int32_t days)
{
    w->form = WHEN_DATE;
    w->date = calendar_date(days);
}

/* Days and months that a number of periods are; false when it is no whole number of either. */
static bool in_days_or_months(double number, enum period period, int32_t *days, int32_t *months)
{
    double n = number;

    *days = *months = 0;
    switch (period) {
    case DAY:
        break;
    case WEEK:
        n *= 7;
        break;
    case FORTNIGHT:
        n *= 14;
        break;
    case WEEKEND:
        return false;
    case MONTH:
    case QUARTER:
    case YEAR:
    case DECADE:
    case CENTURY:
        n *= period == MONTH ? 1 : period == QUARTER ? 3 : period == YEAR ? 12 : period == DECADE ? 120 : 1200;
        break;
    default:
        return false;
    }
    if (n > MOST_MOVED || n != (double)(int32_t)n)
        return false;
    *(period >= MONTH && period != WEEKEND ? months : days) = (int32_t)n;
    return true;
}

/* A date that is told to the month, or the year, so many months on. */
static bool move_months(struct date *date, int32_t months)
{
    int32_t at;

    if (date->year <= 0 || date->year_digits || date->week || date->of_year || date->part[0] || date->weekend)
        return false;
    if (!date->month) {
        date->year += months / 12;
        return months % 12 == 0 && date->year > 0 && date->year < 10000;
    }
    at = date->year * 12 + date->month - 1 + months;
    date->year = at / 12;
    date->month = (uint8_t)(at % 12 + 1);
    return at > 12 && date->year < 10000;
}

void when_move(struct when *w, const struct span *span, bool back)
{
    int32_t days = 0, months = 0, at;

    if (!span->is_known || span->is_inexact || w->form == WHEN_UNTOLD || w->is_range || w->n_days || w->has_clock ||
        w->date.time[0])
        goto untold;
    for (uint32_t k = 0; k < span->n; k++) {
        int32_t more_days, more_months;

        if (!in_days_or_months(span->number[k], (enum period)span->period[k], &more_days, &more_months))
            goto untold;
        days += back ? -more_days : more_days;
        months += back ? -more_months : more_months;
    }
    if (w->form == WHEN_OFFSET) { /* "a week from tomorrow", and nothing says which day is today */
        int32_t was, unused;

        if (w->offset.n != 1 || w->offset.period[0] != DAY || months ||
            !in_days_or_months(w->offset.number[0], DAY, &was, &unused))
            goto untold;
        at = (w->is_back ? -was : was) + days;
        w->is_back = at < 0;
        w->offset.number[0] = at < 0 ? -at : at;
    } else if (when_is_day(w, &at)) {
        at = calendar_add_months(at, months) + days;
        if (calendar_date(at).year <= 0 || calendar_date(at).year > 9999)
            goto untold;
        when_set_day(w, at);
    } else if (days || !move_months(&w->date, months)) {
        goto untold;
    }
    return;
untold:
    w->form = WHEN_UNTOLD;
}

/* The period so many periods from now, as exactly as the period is long: "2024-W13", "2024-03", "2024". */
static void set_period(const struct reader *r, struct when *w, int32_t number, enum period period)
{
    int32_t today = r->settings->today;
    struct date now = calendar_date(today);

    w->form = WHEN_DATE;
    memset(&w->date, 0, sizeof w->date);
    switch (period) {
    case WEEK:
    case FORTNIGHT:
    case WEEKEND:
        w->date = calendar_week_of(today + number * (period == FORTNIGHT ? 14 : 7));
        w->date.weekend = period == WEEKEND;
        break;
    case MONTH:
        w->date = calendar_date(calendar_add_months(today, number));
        w->date.day = 0;
        break;
    case QUARTER:
        w->date = calendar_date(calendar_add_months(today, 3 * number));
        w->date = (struct date) { .year = w->date.year, .part = { 'Q', (char)('1' + (w->date.month - 1) / 3) } };
        break;
    case YEAR:
        w->date.year = now.year + number;
        break;
    case DECADE:
    case CENTURY:
        w->date.year = now.year + number * (period == DECADE ? 10 : 100);
        w->date.year_digits = period == DECADE ? 3 : 2;
        break;
    default:
        when_set_day(w, today + number);
    }
    if (w->date.year <= 0 || w->date.year > 9999)
        w->form = WHEN_UNTOLD;
}

/* Hours, minutes and seconds from now, which is known to the second. */
static void set_time_from_now(const struct reader *r, struct when *w, const struct span *span, bool back)
{
    static const double seconds[] = { [SECOND] = 1, [MINUTE] = 60, [HOUR] = 3600, [DAY] = 86400, [WEEK] = 604800 };
    double at = 0;
    int64_t second, day;

    for (uint32_t k = 0; k < span->n; k++)
        at += span->period[k] <= WEEK ? span->number[k] * seconds[span->period[k]] : 1e12;
    if (at > 1e10 || at != (double)(int64_t)at) {
        w->form = WHEN_UNTOLD;
        return;
    }
    second = (int64_t)r->settings->today * 86400 + r->settings->second + (back ? -1 : 1) * (int64_t)at;
    day = second >= 0 ? second / 86400 : -((-second + 86399) / 86400);
    second -= day * 86400;
    when_set_day(w, (int32_t)day);
    w->clock = (struct clock) { .hour = (int32_t)(second / 3600), .minute = (int32_t)(second / 60 % 60), .second = -1 };
    w->clock.second = second % 60 ? (int32_t)(second % 60) : -1;
    w->clock.has_zone = r->settings->has_zone;
    w->clock.zone = r->settings->zone;
    w->has_clock = true;
}

static bool is_of_time(const struct span *span)
{
    for (uint32_t k = 0; k < span->n; k++)
        if (span->period[k] < DAY)
            return true;
    return false;
}

void when_from_now(const struct reader *r, struct when *w, const struct span *span, bool back)
{
    double number = span->number[0];

    w->offset = *span;
    w->is_back = back;
    if (!span->is_known || span->is_inexact) {
        w->form = WHEN_UNTOLD;
    } else if (!r->settings->has_today || (is_of_time(span) && !r->settings->has_second)) {
        w->form = WHEN_OFFSET;
    } else if (is_of_time(span)) {
        set_time_from_now(r, w, span, back);
    } else if (span->n == 1 && number == (double)(int32_t)number && number <= 9999) {
        set_period(r, w, back ? -(int32_t)number : (int32_t)number, (enum period)span->period[0]);
    } else {
        when_set_day(w, r->settings->today);
        when_move(w, span, back);
        w->date.day = w->form == WHEN_DATE && span->period[span->n - 1] >= MONTH ? 0 : w->date.day;
    }
    if (w->form == WHEN_UNTOLD && span->is_known && !span->is_inexact)
        w->form = WHEN_OFFSET; /* "4000 years ago": no year that can be written; how long ago it is, is known */
}

static void from_now(const struct reader *r, struct when *w, int32_t number, enum period period)
{
    struct span span = { .n = 1, .is_known = true, .period = { (uint8_t)period } };

    span.number[0] = number < 0 ? -number : number;
    if (period == WEEKEND && !r->settings->has_today)
        span.period[0] = WEEK;
    when_from_now(r, w, &span, number < 0);
}

/* ---- Days --------------------------------------------------------------------------------------------------------- */

static void set_time_of_day(struct when *w, const char *part)
{
    memcpy(w->date.time, part, 2);
}

/* "morning", "night" at lexeme `i`: puts it into the when. The lexeme behind; `i` when there is none. */
static uint32_t part_of_day(struct reader *r, uint32_t i, struct when *w)
{
    if (!is_class(r, i, WORD_PART) || is_class(r, i, WORD_DAY) || lexeme(r, i)->word->flags & IS_PLURAL)
        return i;
    set_time_of_day(w, lexeme(r, i)->word->text);
    return i + 1;
}

/* "yesterday", "tomorrow night", "tonight". */
static bool day_word(struct reader *r, uint32_t i, struct when *w)
{
    const struct word *word = lexeme(r, i)->word;

    if (!is_class(r, i, WORD_DAY))
        return false;
    w->score = SURE;
    w->behind = i + 1;
    if (word->class == WORD_PART) {
        from_now(r, w, 0, DAY);
        set_time_of_day(w, word->text);
        return true;
    }
    from_now(r, w, word->value, DAY);
    w->behind = part_of_day(r, i + 1, w);
    return true;
}

void when_set_weekday(const struct reader *r, struct when *w, uint32_t weekday, enum which which)
{
    int32_t today = r->settings->today, away = (int32_t)weekday - (int32_t)calendar_weekday(today);

    if (!r->settings->has_today) {
        w->date.weekday = (uint8_t)weekday;
        return;
    }
    switch (which) {
    case WHICH_LAST:
        away -= away >= 0 ? 7 : 0;
        break;
    case WHICH_LAST_OR_TODAY:
        away -= away > 0 ? 7 : 0;
        break;
    case WHICH_NEXT_OR_TODAY:
        away += away < 0 ? 7 : 0;
        break;
    case WHICH_NEXT:
        away += r->settings->next_week || away <= 0 ? 7 : 0;
        break;
    default:
        break;
    }
    when_set_day(w, today + away);
}

/* "of next week", "last week" behind a weekday, or before it: puts how many weeks from this one into *weeks. The lexeme behind; 0. */
static uint32_t week_at(struct reader *r, uint32_t i, int32_t *weeks)
{
    uint32_t at = is_class(r, i, WORD_OF) ? i + 1 : i;

    if (!is_class(r, at, WORD_SHIFT) || !is_word(r, at + 1, "week"))
        return 0;
    *weeks = value_of(r, at, WORD_SHIFT);
    return at + 2;
}

static void set_weekday_of_week(const struct reader *r, struct when *w, uint32_t weekday, int32_t weeks)
{
    int32_t today = r->settings->today;

    if (!r->settings->has_today)
        w->date.weekday = (uint8_t)weekday;
    else
        when_set_day(w, today - (int32_t)calendar_weekday(today) + (int32_t)weekday + 7 * weeks);
}

/* From a weekday at lexeme `i` on: "Monday", "Friday night", "Monday of next week". */
static bool weekday_at(struct reader *r, uint32_t i, enum which which, struct when *w)
{
    const struct word *word = lexeme(r, i)->word;
    bool is_alone = which == WHICH_ANY;
    uint32_t at = i + 1;
    struct when part = { .behind = 0 };
    struct clock clock;
    int32_t weeks;

    if (!is_class(r, i, WORD_WEEKDAY) || (is_alone && word->flags & IS_PLURAL))
        return false;
    if (is_alone && !is_weekday(r, i) && !clock_at(r, at, "", &clock))
        return false; /* "sat" is a verb, "sat 5pm" a day */
    w->score = SURE;
    if (is_alone && (w->behind = week_at(r, at, &weeks)) != 0) {
        set_weekday_of_week(r, w, (uint32_t)word->value, weeks);
        return true;
    }
    if (is_alone && word->flags & IS_SHORT && i == 0)
        w->score = is_before(r, 1, "on") || told_when(r)          ? SURE
                   : r->input->text[lexeme(r, i)->end - 1] == '.' ? 75
                                                                  : 35;
    if (is_alone && (is_before(r, 1, "a") || is_before(r, 1, "any"))) { /* "on a Friday": of any week */
        w->date.weekday = (uint8_t)word->value;
        w->behind = at;
        return true;
    }
    if (is_alone)
        which = r->settings->has_today && sentence_looks(r) > 0 ? WHICH_NEXT_OR_TODAY : WHICH_LAST_OR_TODAY;
    when_set_weekday(r, w, (uint32_t)word->value, which);
    w->is_alone = is_alone;
    w->behind = part_of_day(r, at, &part);
    memcpy(w->date.time, part.date.time, sizeof part.date.time);
    return true;
}

/* ---- "last", "this", "next" --------------------------------------------------------------------------------------- */

static bool shifted_month(struct reader *r, uint32_t i, int32_t shift, struct when *w)
{
    struct date today = calendar_date(r->settings->today);

    w->date.month = (uint8_t)value_of(r, i, WORD_MONTH);
    if (r->settings->has_today) {
        w->date.year = today.year;
        if (shift < 0 && w->date.month >= today.month)
            w->date.year--;
        else if (shift > 0 && w->date.month <= today.month)
            w->date.year++;
    }
    w->behind = i + 1;
    return true;
}

/* Winter and the year's turn: the winter of a year is the one that begins in it. */
static bool shifted_season(struct reader *r, uint32_t i, int32_t shift, struct when *w)
{
    static const char *const seasons[] = { "WI", "SP", "SU", "FA" };
    struct date today = calendar_date(r->settings->today);
    uint32_t now = today.month / 3 % 4, then = 0;

    memcpy(w->date.part, lexeme(r, i)->word->text, 2);
    w->behind = i + 1;
    if (!r->settings->has_today)
        return true;
    while (then < 3 && strcmp(seasons[then], w->date.part) != 0)
        then++;
    w->date.year = today.year;
    if (then == 0) { /* the winter of December is this year's, that of January last year's */
        w->date.year += now == 0 && today.month < 12 ? shift - 1 : shift < 0 ? -1 : now == 0 ? shift : 0;
        return true;
    }
    w->date.year += shift;
    return true;
}

/* Words that count from a time that the text has told: they are no days from now. */
static bool is_told_before(struct reader *r, uint32_t i)
{
    return is_word(r, i, "previous") || is_word(r, i, "following");
}

static bool shifted_period(struct reader *r, uint32_t i, int32_t shift, struct when *w)
{
    const struct word *word = lexeme(r, i)->word;
    enum period period = (enum period)value_of(r, i, WORD_PERIOD);

    if (word->flags & (IS_PLURAL | IS_SHORT) || period < DAY || (period == DAY && shift == 0))
        return false;
    from_now(r, w, shift, period);
    w->behind = i + 1;
    return true;
}

/* "next week Monday", "next week on Friday". */
static bool week_and_day(struct reader *r, uint32_t i, struct when *w)
{
    int32_t weeks;
    uint32_t at = week_at(r, i, &weeks);

    if (!at)
        return false;
    at = is_class(r, at, WORD_ON) || is_sign(r, at, ',') ? at + 1 : at;
    if (!is_weekday(r, at))
        return false;
    set_weekday_of_week(r, w, (uint32_t)value_of(r, at, WORD_WEEKDAY), weeks);
    w->behind = at + 1;
    return true;
}

/* Behind "last", "this" or "next" at lexeme `i` - 1. */
static bool shifted_at(struct reader *r, uint32_t i, int32_t shift, struct when *w)
{
    w->score = SURE;
    if (is_class(r, i, WORD_WEEKDAY))
        return !(is_sign(r, i + 1, ',') && is_class(r, i + 2, WORD_MONTH)) && /* "this Monday, July 25" */
               weekday_at(r, i,
                          shift < 0   ? WHICH_LAST
                          : shift > 0 ? WHICH_NEXT
                                      : WHICH_THIS,
                          w);
    if (is_month(r, i) && !(lexeme(r, i)->word->flags & IS_SHORT))
        return shifted_month(r, i, shift, w);
    if (is_class(r, i, WORD_SEASON))
        return shifted_season(r, i, shift, w);
    if (is_class(r, i, WORD_PART) && !is_class(r, i, WORD_DAY)) { /* "last night", "this morning" */
        if (shift > 0 || lexeme(r, i)->word->flags & IS_PLURAL)
            return false;
        from_now(r, w, shift, DAY);
        w->behind = part_of_day(r, i, w);
        return true;
    }
    if (is_class(r, i, WORD_PERIOD))
        return shifted_period(r, i, shift, w);
    return holiday_at(r, i, shift, w);
}

static bool shifted(struct reader *r, uint32_t i, struct when *w)
{
    int32_t shift = value_of(r, i, WORD_SHIFT);
    uint32_t at = i + 1;

    if (is_class(r, i, WORD_SPAN)) { /* "coming Friday", "past Monday" */
        if (!is_class(r, at, WORD_WEEKDAY) && !(is_word(r, i, "coming") && is_class(r, at, WORD_PERIOD)))
            return false;
        return shifted_at(r, at, value_of(r, i, WORD_SPAN), w);
    }
    if (!is_class(r, i, WORD_SHIFT))
        return false;
    if (is_word(r, i, "this") && is_class(r, at, WORD_SPAN) && is_class(r, at + 1, WORD_WEEKDAY))
        return shifted_at(r, at + 1, value_of(r, at, WORD_SPAN), w);
    if (week_and_day(r, i, w)) {
        w->score = SURE;
        return true;
    }
    if (!shifted_at(r, at, shift, w))
        return false;
    if (r->settings->has_today && is_told_before(r, i))
        w->form = WHEN_UNTOLD;
    return true;
}

bool shifted_month_at(struct reader *r, uint32_t i, struct when *w)
{
    memset(w, 0, sizeof *w);
    return is_class(r, i, WORD_SHIFT) && (is_class(r, i + 1, WORD_MONTH) || is_class(r, i + 1, WORD_PERIOD)) &&
           shifted(r, i, w);
}

/* ---- "ago", "in" -------------------------------------------------------------------------------------------------- */

/* "three Fridays ago". */
static bool weekdays_ago(struct reader *r, uint32_t i, struct when *w)
{
    int32_t n = is_class(r, i, WORD_DIGIT) ? value_of(r, i, WORD_DIGIT)
                : is_integer(r, i)         ? (int32_t)lexeme(r, i)->mantissa
                                           : 0;

    if (n < 1 || n > 50 || !is_class(r, i + 1, WORD_WEEKDAY) || !is_word(r, i + 2, "ago"))
        return false;
    when_set_weekday(r, w, (uint32_t)value_of(r, i + 1, WORD_WEEKDAY), WHICH_LAST);
    if (r->settings->has_today)
        when_set_day(w, calendar_days(w->date.year, w->date.month, w->date.day) - 7 * (n - 1));
    else
        w->form = WHEN_UNTOLD;
    w->behind = i + 3;
    w->score = SURE;
    return true;
}

/* "two days ago", "a year earlier", "a week from now", "half an hour later". */
static bool ago(struct reader *r, uint32_t i, struct when *w)
{
    struct span span;
    uint32_t at;
    bool back;

    if (!span_at(r, i, &span))
        return false;
    at = span.behind;
    w->score = SURE;
    if (is_class(r, at, WORD_AGO)) {
        back = value_of(r, at, WORD_AGO) < 0;
        if (is_word(r, at, "before") && lexeme(r, at + 1)->kind != LEXEME_SIGN && lexeme(r, at + 1)->kind != LEXEME_END)
            return false; /* "two days before the vote" is how long */
        w->behind = at + 1;
    } else if (is_word(r, at, "from") && (is_word(r, at + 1, "now") || is_word(r, at + 1, "today"))) {
        back = false;
        w->behind = at + 2;
    } else {
        return false;
    }
    when_from_now(r, w, &span, back);
    if (w->form == WHEN_OFFSET)
        w->has_clock = false;
    /* "earlier" and "later" are told from another time than now */
    if (r->settings->has_today && !is_word(r, at, "ago") && !is_word(r, at, "hence") && !is_word(r, at, "from"))
        w->form = WHEN_UNTOLD;
    return true;
}

/* "in two weeks", "within 3 days": in a sentence that looks ahead; else they are how long. */
static bool in_so_long(struct reader *r, uint32_t i, struct when *w)
{
    struct span span;
    uint32_t at;

    if (i > 0 || !(is_before(r, 1, "in") || is_before(r, 1, "within")) || !span_at(r, i, &span) || !span.is_known)
        return false;
    at = span.behind;
    if (is_apostrophe(r, at))
        at += is_word(r, at + 1, "s") && is_glued(r, at + 1) ? 2 : 1;
    at = is_word(r, at, "time") ? at + 1 : span.behind;
    if (at == span.behind && (sentence_looks(r) <= 0 || (span.is_one && span.period[0] <= DAY)))
        return false; /* "10,000 in a day" */
    if (is_class(r, at, WORD_OF) || is_class(r, at, WORD_OLD) || is_class(r, at, WORD_AGO) || is_word(r, at, "from"))
        return false;
    if (span.period[0] == WEEKEND || span.period[0] == SECOND)
        return false;
    when_from_now(r, w, &span, false);
    w->behind = at;
    w->score = SURE;
    return true;
}

typedef bool reading(struct reader *r, uint32_t i, struct when *w);

static bool any_weekday(struct reader *r, uint32_t i, struct when *w)
{
    return weekday_at(r, i, WHICH_ANY, w);
}

bool relative_at(struct reader *r, uint32_t i, struct when *w)
{
    static reading *const readings[] = { day_word, any_weekday, shifted, weekdays_ago, ago, in_so_long };

    for (size_t k = 0; k < sizeof readings / sizeof readings[0]; k++) {
        memset(w, 0, sizeof *w);
        if (readings[k](r, i, w))
            return true;
    }
    return false;
}
