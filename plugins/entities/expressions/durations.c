/* durations.c: how long: "three days", "2.5 hours", "half an hour", "two-week", "14 years old", "5 hours and 30 minutes". */
#include "plugins/entities/expressions/calendar.h"
#include "plugins/entities/expressions/number.h"

/* The period at lexeme `i`: puts it into *period. The lexeme behind it; 0 when there is none. Short ones ("5 min") need
 * digits before them. */
static uint32_t period_at(struct reader *r, uint32_t i, bool in_words, enum period *period)
{
    if (is_class(r, i, WORD_PERIOD)) {
        *period = (enum period)value_of(r, i, WORD_PERIOD);
        return in_words && lexeme(r, i)->word->flags & IS_SHORT ? 0 : i + 1;
    }
    if (!in_words && is_word(r, i, "h") && lexeme(r, i + 1)->kind != LEXEME_NUMBER) {
        *period = HOUR;
        return i + 1;
    }
    return 0;
}

/* "and 30 minutes", ", 20 seconds", "30 minutes", behind what is longer; at most three. */
static uint32_t add_smaller(struct reader *r, uint32_t i, enum period last, struct writer *w)
{
    for (int n = 0; n < 2; n++) {
        uint32_t at = is_class(r, i, WORD_AND) || is_sign(r, i, ',') ? i + 1 : i, behind;
        struct number number = number_at(r, at, false);
        enum period period;
        bool was_day = last >= DAY;

        if (!number.behind || !number.is_known || number.value >= 1000)
            return i;
        behind = period_at(r, number.behind, number.in_words, &period);
        if (!behind || period >= last)
            return i;
        if (w) {
            uint32_t start = w->n;
            write_amount_of_time(w, number.value, period);
            if (period < DAY && !was_day) /* one "T" is enough */
                memmove(w->text + start, w->text + start + 1, w->n-- - start);
        }
        last = period;
        i = behind;
    }
    return i;
}

/* "half an hour", "half a year", "half-hour"; "an hour and a half", "a week": the score of "a" depends on what is before. */
static bool one_period(struct reader *r, struct match *m)
{
    uint32_t at = 0, behind;
    double number = 1;
    enum period period;
    struct writer w;

    if (is_class(r, at, WORD_HALF)) {
        number = 0.5;
        at = skip_hyphen(r, at + 1);
        at = is_class(r, at, WORD_A) ? at + 1 : at;
    } else if (is_class(r, at, WORD_A)) {
        at++;
    } else {
        return false;
    }
    behind = period_at(r, at, true, &period);
    if (!behind || lexeme(r, at)->word->flags & IS_PLURAL || (number < 1 && period == DAY))
        return false;
    m->score = number < 1 || (r->before && (r->before->class == WORD_WHEN || r->before->class == WORD_FOR)) ? 90 : 35;
    if (number >= 1 && is_class(r, behind, WORD_AND) && is_class(r, behind + 1, WORD_A) &&
        is_class(r, behind + 2, WORD_HALF)) {
        number = 1.5;
        behind += 3;
        m->score = 95;
    }
    if (period == WEEKEND)
        return false;
    m->behind = behind;
    m->type = ENTITY_DURATION;
    w = writer_of(m);
    write_duration(&w, number, period, false);
    return true;
}

/* "five-year-old", "14 years old". */
static uint32_t skip_old(struct reader *r, uint32_t i)
{
    return is_class(r, skip_hyphen(r, i), WORD_OLD) ? skip_hyphen(r, i) + 1 : i;
}

bool match_duration(struct reader *r, struct match *m)
{
    struct number n;
    enum period period;
    uint32_t at, behind;
    struct writer w;

    if (one_period(r, m))
        return true;
    if (number_is_ordinal_second(r))
        return false;
    if (is_class(r, 0, WORD_A) && is_class(r, 1, WORD_FEW)) { /* "a few days", "a couple of weeks" */
        n = (struct number) { .behind = 2, .in_words = true, .value = value_of(r, 1, WORD_FEW) };
        n.is_known = n.value > 0;
    } else if (is_class(r, 0, WORD_FEW)) {
        n = (struct number) { .behind = 1, .in_words = true };
    } else {
        n = number_range_at(r, 0, false);
    }
    if (!n.behind || n.value >= 1e9 || (n.is_range && n.to >= 1e9))
        return false;
    at = skip_hyphen(r, n.behind);
    at = (n.is_known && !n.value) || n.has_magnitude || !n.is_known || n.value == 2
             ? is_class(r, at, WORD_OF) ? at + 1 : at
             : at;
    behind = period_at(r, at, n.in_words, &period);
    if (!behind || period == WEEKEND || (n.is_part && n.in_words))
        return false;
    m->type = ENTITY_DURATION;
    m->score = 95;
    w = writer_of(m);
    if (!n.is_known) {
        write_unknown_duration(&w, period);
        m->behind = behind;
        return true;
    }
    write_duration(&w, n.value, period, false);
    if (n.is_range) {
        write_char(&w, '/');
        write_duration(&w, n.to, period, false);
        m->behind = skip_old(r, behind);
        return true;
    }
    m->behind = skip_old(r, behind);
    if (m->behind == behind)
        m->behind = add_smaller(r, behind, period, &w);
    return true;
}
