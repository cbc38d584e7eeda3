/* recurrences.c: what happens again and again: "every Friday", "Mondays", "every Monday at 9am", "daily", "every two weeks", "twice a
 * week". They are no single day. Their values are those of TIMEX3's sets: of which days ("XXXX-WXX-5"), or how long from one to
 * the next ("P2W"); how often in a time ("twice a week") has no form. */
#include "plugins/entities/expressions/when.h"

static bool found(struct match *m, uint32_t behind, uint8_t score)
{
    m->type = ENTITY_SET;
    m->behind = behind;
    m->score = score;
    return true;
}

static bool is_every(struct reader *r, uint32_t i)
{
    return is_word(r, i, "every") || is_word(r, i, "each");
}

static bool is_weekday_here(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_WEEKDAY) && (is_weekday(r, i) || (lexeme(r, i)->word->flags & IS_SHORT) == 0);
}

/* The time of day behind a recurring day: "morning", "at 9am", "from 9 to 5". Writes it; the lexeme behind. */
static uint32_t time_of_day(struct reader *r, uint32_t i, struct writer *w)
{
    struct when time = { .behind = 0 };
    const char *part = "";
    uint32_t at;

    if (is_class(r, i, WORD_PART) && !is_class(r, i, WORD_DAY)) {
        part = lexeme(r, i)->word->text;
        i++;
    }
    at = is_word(r, i, "at") || is_word(r, i, "from") || is_sign(r, i, '@') ? i + 1 : i;
    if (part[0] && clock_at(r, at, part, &time.clock)) {
        if (w)
            write_clock(r, w, &time.clock);
        return time.clock.behind;
    }
    if (clocks_at(r, at, &time)) {
        if (w)
            write_clock(r, w, &time.clock);
        if (w && time.has_clock_to) {
            write_char(w, '/');
            write_clock(r, w, &time.clock_to);
        }
        return time.behind;
    }
    if (part[0] && w) {
        write_char(w, 'T');
        write_string(w, part);
    }
    return i;
}

/* "Monday", "Monday, Wednesday and Friday", each with what stands behind the last. */
static bool weekdays(struct reader *r, uint32_t i, struct match *m)
{
    uint8_t days[7] = { 0 };
    uint32_t n = 0, at = i;
    struct writer w;

    while (n < 7 && is_weekday_here(r, at)) {
        days[n++] = (uint8_t)value_of(r, at, WORD_WEEKDAY);
        at = skip_period(r, at + 1);
        i = at;
        at = is_sign(r, at, ',') ? at + 1 : at;
        at = is_class(r, at, WORD_AND) || is_sign(r, at, '&') ? at + 1 : at;
        if (at == i)
            break;
        at = is_every(r, at) ? at + 1 : at;
    }
    w = writer_of(m);
    if (n > 1)
        write_char(&w, '{');
    for (uint32_t k = 0; k < n; k++) {
        struct date date = { .weekday = days[k] };

        if (k > 0)
            write_char(&w, ',');
        write_date(&w, &date);
        at = time_of_day(r, i, k < 4 ? &w : NULL);
    }
    if (n > 1)
        write_char(&w, '}');
    if (n > 4) /* no room for more */
        m->form = VALUE_NONE;
    return found(m, at, SURE);
}

/* "every 2 weeks", "every other day", "each month", "every third year". */
static bool periods(struct reader *r, uint32_t i, struct match *m)
{
    struct span span;
    const struct span one = { .n = 1, .is_known = true, .number = { 1 } };
    bool is_other = is_word(r, i, "other") || is_word(r, i, "second");
    struct writer w;
    uint32_t at;

    if (!(is_other || is_class(r, i, WORD_ORDINAL)) && span_at(r, i, &span)) {
        if (!span.is_known || span.is_one)
            return false;
        w = writer_of(m);
        write_span(&w, &span, false);
        if (span.is_inexact)
            m->form = VALUE_NONE;
        return found(m, span.behind, SURE);
    }
    span = one;
    if (is_other && is_class(r, i + 1, WORD_PERIOD)) {
        span.number[0] = 2;
        i++;
    } else if (is_class(r, i, WORD_ORDINAL) && is_class(r, i + 1, WORD_PERIOD)) {
        span.number[0] = value_of(r, i, WORD_ORDINAL);
        i++;
    }
    if (!is_class(r, i, WORD_PERIOD) || lexeme(r, i)->word->flags & (IS_PLURAL | IS_SHORT))
        return false;
    span.period[0] = (uint8_t)value_of(r, i, WORD_PERIOD);
    at = i + 1;
    if (is_class(r, at, WORD_OF))
        return false; /* "every second of it" */
    w = writer_of(m);
    if (span.period[0] == WEEKEND) {
        struct date date = { .weekend = true };

        if (span.number[0] > 1)
            m->form = VALUE_NONE;
        else
            write_date(&w, &date);
        return found(m, at, SURE);
    }
    if (span.period[0] == DAY && span.number[0] == 1) {
        struct writer probe = w;
        uint32_t behind = time_of_day(r, at, NULL);

        if (behind > at) { /* "every day at 5pm" */
            write_string(&probe, "XXXX-XX-XX");
            return found(m, time_of_day(r, at, &probe), SURE);
        }
    }
    write_span(&w, &span, false);
    return found(m, at, SURE);
}

/* "every morning", "every January", "every May 5th", "every Christmas", "every weekday". */
static bool named(struct reader *r, uint32_t i, struct match *m)
{
    struct when when;
    struct writer w;

    if (is_class(r, i, WORD_PART) && !(lexeme(r, i)->word->flags & IS_PLURAL) && !is_class(r, i, WORD_DAY)) {
        w = writer_of(m);
        write_string(&w, "XXXX-XX-XX");
        return found(m, time_of_day(r, i, &w), SURE);
    }
    if (is_word(r, i, "weekday") || is_word(r, i, "workday"))
        return found(m, time_of_day(r, i + 1, NULL), SURE);
    if (is_class(r, i, WORD_SEASON)) {
        struct date date = { .year = 0 };

        memcpy(date.part, lexeme(r, i)->word->text, 2);
        w = writer_of(m);
        write_date(&w, &date);
        return found(m, i + 1, SURE);
    }
    if (date_at(r, i, &when) && !when.date.year && when.date.month && !when.is_range && !when.n_days &&
        !when.date.weekday && calendar_has(0, when.date.month, when.date.day ? when.date.day : 1)) {
        w = writer_of(m);
        write_date(&w, &when.date);
        return found(m, when.behind, SURE);
    }
    if (holiday_at(r, i, 0, &when))
        return found(m, when.behind, SURE);
    return false;
}

/* "every Friday", "each month". */
static bool every(struct reader *r, struct match *m)
{
    if (!is_every(r, 0))
        return false;
    if ((is_word(r, 1, "other") || is_word(r, 1, "second") || is_word(r, 1, "single") ||
         is_class(r, 1, WORD_ORDINAL)) &&
        is_weekday_here(r, 2)) {
        if (is_word(r, 1, "single"))
            return weekdays(r, 2, m);
        return found(m, 3, SURE); /* of which weeks nobody knows */
    }
    if (is_weekday_here(r, 1))
        return weekdays(r, 1, m);
    return periods(r, is_word(r, 1, "single") ? 2 : 1, m) || named(r, 1, m);
}

/* "Mondays", "on Mondays and Thursdays", "Friday evenings". */
static bool plural(struct reader *r, struct match *m)
{
    if (!is_class(r, 0, WORD_WEEKDAY))
        return false;
    if (lexeme(r, 0)->word->flags & IS_PLURAL)
        return weekdays(r, 0, m);
    if (is_class(r, 1, WORD_PART) && lexeme(r, 1)->word->flags & IS_PLURAL)
        return weekdays(r, 0, m);
    return false;
}

/* "daily", "weekly", "every day" in one word; not "the Daily Mail". */
static bool adverb(struct reader *r, struct match *m)
{
    struct writer w;
    uint32_t at;

    if (!is_class(r, 0, WORD_ADVERB) || (lexeme(r, 0)->flags & LEXEME_CAPITAL && r->token > r->first_token) ||
        (lexeme(r, 0)->flags & LEXEME_CAPITAL && lexeme(r, 1)->flags & LEXEME_CAPITAL))
        return false;
    w = writer_of(m);
    at = value_of(r, 0, WORD_ADVERB) == DAY ? time_of_day(r, 1, NULL) : 1;
    if (at > 1) {
        write_string(&w, "XXXX-XX-XX");
        time_of_day(r, 1, &w);
    } else if (lexeme(r, 0)->word->text) {
        write_string(&w, lexeme(r, 0)->word->text);
    } else {
        write_duration(&w, 1, (enum period)value_of(r, 0, WORD_ADVERB), false);
    }
    return found(m, at, is_word(r, 0, "annually") || at > 1 ? SURE : GUESS);
}

/* "twice a week", "three times per day", "once every two weeks", "5 days a week". */
static bool times(struct reader *r, struct match *m)
{
    uint32_t at = 0, number = 0;
    struct writer w;
    bool once = is_word(r, 0, "once");

    if (is_class(r, 0, WORD_TIMES))
        at = 1;
    else if ((is_class(r, 0, WORD_DIGIT) || is_integer(r, 0)) &&
             (is_word(r, 1, "times") || is_word(r, 1, "days") || is_word(r, 1, "nights") || is_word(r, 1, "hours")))
        at = 2;
    else
        return false;
    number = at;
    if (is_every(r, at) && (at == 1 || is_word(r, 1, "times"))) {
        struct match rest = { .behind = 0 };

        if (!periods(r, at + 1, &rest))
            return false;
        if (once) {
            *m = rest;
            return true;
        }
        return found(m, rest.behind, SURE);
    }
    if (!(is_class(r, at, WORD_A) || is_class(r, at, WORD_PER)) || !is_class(r, at + 1, WORD_PERIOD) ||
        lexeme(r, at + 1)->word->flags & IS_PLURAL)
        return false;
    at += 2;
    if (once) {
        w = writer_of(m);
        write_duration(&w, 1, (enum period)value_of(r, number + 1, WORD_PERIOD), false);
    }
    return found(m, at, SURE);
}

/* "first Friday of every month", "last day of each month", "5th of each month". */
static bool nth_of_every(struct reader *r, struct match *m)
{
    uint8_t day;
    uint32_t at = day_at(r, 0, &day);

    if (at && day <= 31 && is_class(r, at, WORD_OF) && is_every(r, at + 1) && is_class(r, at + 2, WORD_PERIOD))
        return found(m, at + 3, SURE);
    if (!(is_class(r, 0, WORD_ORDINAL) || is_word(r, 0, "last")) ||
        !(is_class(r, 1, WORD_WEEKDAY) || is_word(r, 1, "day") || is_word(r, 1, "week")))
        return false;
    return (is_class(r, 2, WORD_OF) || is_word(r, 2, "in")) && is_every(r, 3) && is_class(r, 4, WORD_PERIOD) &&
           found(m, 5, SURE);
}

bool match_recurrence(struct reader *r, struct match *m)
{
    return every(r, m) || plural(r, m) || adverb(r, m) || times(r, m) || nth_of_every(r, m);
}
