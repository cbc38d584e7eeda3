/* durations.c: how long: "three days", "2.5 hours", "half an hour", "two-week", "14 years old", "5 hours and 30 minutes", "all week",
 * "2 more days", "past two weeks", "PT15M"; what is written together, "2h30m", is in compounds.c. */
#include "plugins/entities/expressions/number.h"
#include "plugins/entities/expressions/when.h"
#include "plugins/lib/character.h"

/* ---- Spans -------------------------------------------------------------------------------------------------------- */

/* "Std. 30 Min." of German, from "Std." on: the lexeme behind the hours; 0 when it is none, as "std." is "standard", too. */
static uint32_t german_hours(struct reader *r, uint32_t i)
{
    uint32_t at = is_sign(r, i + 1, '.') ? i + 2 : i + 1;

    if (!(is_word(r, i, "std") || is_word(r, i, "std.")) || !(lexeme(r, i)->flags & LEXEME_CAPITAL))
        return 0;
    return lexeme(r, at)->kind == LEXEME_NUMBER && is_class(r, at + 1, WORD_PERIOD) &&
                   value_of(r, at + 1, WORD_PERIOD) == MINUTE
               ? at
               : 0;
}

/* The period at lexeme `i`: puts it into *period. The lexeme behind it; 0 when there is none. Short ones ("5 min") need
 * digits before them. */
static uint32_t period_at(struct reader *r, uint32_t i, bool in_words, enum period *period)
{
    if (is_class(r, i, WORD_PERIOD)) {
        *period = (enum period)value_of(r, i, WORD_PERIOD);
        return in_words && lexeme(r, i)->word->flags & IS_SHORT ? 0 : i + 1;
    }
    if (!in_words && is_word(r, i, "h") && (lexeme(r, i + 1)->kind != LEXEME_NUMBER || !is_glued(r, i + 1))) {
        *period = HOUR;
        return i + 1;
    }
    if (!in_words && is_word(r, i, "m") && is_glued(r, i) && i >= 2 && is_word(r, i - 2, "h")) {
        *period = MINUTE; /* "1h 30m" */
        return i + 1;
    }
    *period = HOUR;
    return in_words ? 0 : german_hours(r, i);
}

/* Whether the value can be written: with six decimals, and in ten digits even of centuries. */
static bool is_exact(double number)
{
    double millionths = number * 1e6, away = millionths - (double)(int64_t)(millionths + 0.5);

    return number < 1e7 && away < 1e-3 && away > -1e-3;
}

/* Adds so many periods; halves become what is smaller, "P2Y6M", where that is exact. */
static void add(struct span *s, double number, enum period period)
{
    static const struct {
        enum period smaller;
        uint8_t half;
    } halves[PERIODS] = { [MINUTE] = { SECOND, 30 }, [HOUR] = { MINUTE, 30 }, [DAY] = { HOUR, 12 },
                          [YEAR] = { MONTH, 6 },     [DECADE] = { YEAR, 5 },  [CENTURY] = { YEAR, 50 } };
    double whole = (double)(int64_t)number;

    if (number - whole == 0.5 && halves[period].half && s->n + 1u < MOST_AMOUNTS) {
        if (whole > 0) {
            s->number[s->n] = whole;
            s->period[s->n++] = (uint8_t)period;
        }
        s->number[s->n] = halves[period].half;
        s->period[s->n++] = (uint8_t)halves[period].smaller;
        return;
    }
    if ((period == HOUR && (number == 0.25 || number == 0.75)) ||
        (period == YEAR && (number == 0.25 || number == 0.75))) {
        number *= period == HOUR ? 60 : 12; /* "a quarter of an hour" */
        period = period == HOUR ? MINUTE : MONTH;
    }
    s->number[s->n] = number;
    s->period[s->n++] = (uint8_t)period;
}

/* "and 30 minutes", ", 20 seconds", "30 minutes", behind what is longer. */
static void add_smaller(struct reader *r, struct span *s)
{
    while (s->n < MOST_AMOUNTS) {
        uint32_t i = s->behind, at = is_sign(r, i, ',') && !s->is_one ? i + 1 : i, behind;
        struct number number;
        enum period period;

        at = is_class(r, at, WORD_AND) ? at + 1 : at;
        number = number_at(r, at, false);
        if (is_class(r, at, WORD_A) && is_class(r, at + 1, WORD_PERIOD) && is_class(r, at - 1, WORD_AND))
            number = (struct number) { .behind = at + 1, .value = 1, .is_known = true, .in_words = true };
        if (!number.behind || !number.is_known || number.value >= 1000 || number.value < 0)
            return;
        behind = period_at(r, number.behind, number.in_words, &period);
        if (!behind || period >= s->period[s->n - 1] || period > YEAR ||
            (is_glued(r, behind) && lexeme(r, behind)->kind == LEXEME_NUMBER && !is_word(r, behind - 1, "h")))
            return;
        s->is_inexact |= !is_exact(number.value);
        add(s, number.value, period);
        s->behind = behind;
    }
}

/* "half an hour", "a quarter of an hour", "three quarters of an hour", "half a day": puts the number into *n. The lexeme of the period;
 * 0 when there is none. */
static uint32_t part_of_period(struct reader *r, uint32_t i, double *n)
{
    uint32_t at = is_class(r, i, WORD_A) ? i + 1 : i;

    if (is_class(r, i, WORD_HALF)) {
        *n = 0.5;
        at = skip_hyphen(r, at + 1);
        at = is_class(r, at, WORD_OF) ? at + 1 : at;
        return is_class(r, at, WORD_A) ? at + 1 : at;
    }
    if (is_word(r, at, "quarter") || is_word(r, at, "quarters")) {
        *n = 0.25;
    } else if (is_word(r, i, "three") && is_word(r, skip_hyphen(r, i + 1), "quarters")) {
        *n = 0.75;
        at = skip_hyphen(r, i + 1);
    } else {
        return 0;
    }
    if (is_class(r, at + 1, WORD_OF) && is_class(r, at + 2, WORD_A) &&
        (is_word(r, at + 3, "hour") || is_word(r, at + 3, "year")))
        return at + 3;
    return 0;
}

/* "half an hour"; "a week", "an hour and a half", "one and a half hours" are read as number and period. */
static bool one_period(struct reader *r, uint32_t i, struct span *s)
{
    double number = 1;
    uint32_t at = part_of_period(r, i, &number), behind;
    enum period period;

    if (!at && is_class(r, i, WORD_A))
        at = i + 1;
    if (!at || lexeme(r, at)->word->flags & IS_PLURAL || (behind = period_at(r, at, true, &period)) == 0 ||
        period == WEEKEND)
        return false;
    if (number < 1 && (period == QUARTER || period == SECOND))
        return false;
    s->is_known = true;
    s->is_one = number == 1;
    if (number == 1 && is_class(r, behind, WORD_AND) && is_class(r, behind + 1, WORD_A) &&
        is_class(r, behind + 2, WORD_HALF)) {
        number = 1.5;
        behind += 3;
        s->is_one = false;
    }
    add(s, number, period);
    s->behind = behind;
    add_smaller(r, s);
    return true;
}

/* "more", "full", "consecutive" between the number and the period. */
static uint32_t skip_more(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_EXTRA) || is_class(r, i, WORD_MORE) ? i + 1 : i;
}

/* The number that a span begins with, a range too. */
static struct number number_of(struct reader *r, uint32_t i)
{
    uint32_t at = i;
    struct number n;

    if (is_word(r, i, "another"))
        at++;
    if (is_class(r, at, WORD_A) && is_class(r, at + 1, WORD_FEW)) /* "a few days", "a couple of weeks" */
        at++;
    if (is_class(r, at, WORD_FEW)) {
        double value = value_of(r, at, WORD_FEW);
        return (struct number) { .behind = at + 1, .in_words = true, .value = value, .is_known = value > 0 };
    }
    if (at > i && is_class(r, at, WORD_PERIOD))
        return (struct number) { .behind = at, .in_words = true, .value = 1, .is_known = true };
    n = number_range_at(r, at, false);
    if (n.behind && !n.is_range && is_before(r, 1, "between") && is_class(r, n.behind, WORD_AND))
        number_extend(r, &n, n.behind + 1, false);
    return n;
}

/* A number and its period, and what is smaller; *range is its number. */
static bool counted(struct reader *r, uint32_t i, struct span *s, struct number *range)
{
    struct number n = *range = number_of(r, i);
    enum period period;
    uint32_t at, behind;
    bool is_joined;

    if (compound_at(r, i, s)) {
        *range = (struct number) { .behind = s->behind, .is_known = true };
        add_smaller(r, s);
        return true;
    }
    if (!n.behind || n.value >= 1e9 || n.value < 0 || (n.is_range && n.to >= 1e9))
        return false;
    at = skip_hyphen(r, n.behind);
    is_joined = at > n.behind;
    if (!is_joined)
        at = skip_more(r, at);
    if (((n.is_known && !n.value) || n.has_magnitude || !n.is_known || n.value == 2) && is_class(r, at, WORD_OF))
        at++;
    behind = period_at(r, at, n.in_words, &period);
    if (!behind || period == WEEKEND || (n.is_part && n.in_words))
        return false;
    if (is_word(r, at, "second") && !is_joined && n.value != 1 && (n.in_words || lexeme(r, i)->digits > 3))
        return false; /* "1997 second quarter" */
    s->is_known = n.is_known;
    s->is_inexact = !is_exact(n.value) || (n.is_range && !is_exact(n.to));
    if (n.is_known)
        add(s, n.value, period);
    else
        s->period[s->n++] = (uint8_t)period;
    s->behind = behind;
    if (n.is_known && !n.is_range)
        add_smaller(r, s);
    return true;
}

/* Reads what begins at lexeme 0, once: most grammars ask for it. */
static void read_first(struct reader *r)
{
    if (r->has_span)
        return;
    r->has_span = true;
    r->is_counted = false;
    memset(&r->span, 0, sizeof r->span);
    r->is_one_period = one_period(r, 0, &r->span);
    if (r->is_one_period)
        return;
    memset(&r->span, 0, sizeof r->span);
    r->is_counted = counted(r, 0, &r->span, &r->span_number);
}

bool span_begins(struct reader *r)
{
    read_first(r);
    return r->is_one_period || r->is_counted;
}

bool span_at(struct reader *r, uint32_t i, struct span *s)
{
    struct number n;

    if (i == 0) {
        if (!span_begins(r))
            return false;
        *s = r->span;
        return r->is_one_period || !r->span_number.is_range;
    }
    memset(s, 0, sizeof *s);
    if (one_period(r, i, s))
        return true;
    memset(s, 0, sizeof *s);
    return counted(r, i, s, &n) && !n.is_range;
}

void write_span(struct writer *w, const struct span *s, bool back)
{
    bool was_of_time = false;

    if (s->is_inexact)
        return;
    if (!s->is_known) {
        write_unknown_duration(w, (enum period)s->period[0]);
        return;
    }
    if (back)
        write_char(w, '-');
    write_char(w, 'P');
    for (uint32_t k = 0; k < s->n; k++) {
        uint32_t start = w->n;

        write_amount_of_time(w, s->number[k], (enum period)s->period[k]);
        if (s->period[k] < DAY && was_of_time) { /* one "T" is enough */
            memmove(w->text + start, w->text + start + 1, w->n - start);
            w->n--;
        }
        was_of_time |= s->period[k] < DAY;
    }
}

/* ---- Whether it is said ------------------------------------------------------------------------------------------- */

/* Whether something before "a week" makes a rate of it: "$5 a week", "twice a week", "2,000 calories a day". */
static bool is_rate(const struct reader *r)
{
    const struct entity_input *in = r->input;
    uint32_t i = r->token;

    for (uint32_t n = 1; n <= 3 && i >= r->first_token + n; n++) {
        const char *text = in->text + in->tokens[i - n].start;

        if (in->kinds[i - n] == TEXTD_TOKEN_NUMBER || char_is_digit(text[0]) || text[0] == '$' || text[0] == '%')
            return true;
        if (in->kinds[i - n] == TEXTD_TOKEN_PUNCT)
            return false;
        if (n == 1 && (is_before(r, 1, "day") || is_before(r, 1, "days") || is_before(r, 1, "hours") ||
                       is_before(r, 1, "nights") || is_before(r, 1, "weeks")))
            return true; /* "one day a week" */
        if (n == 1 && (is_before(r, 1, "times") || is_before(r, 1, "once") || is_before(r, 1, "twice")))
            return true;
    }
    return r->before &&
           (r->before->class == WORD_CURRENCY || r->before->class == WORD_UNIT || r->before->class == WORD_MAGNITUDE ||
            r->before->class == WORD_PERCENT || r->before->class == WORD_DIGIT);
}

/* "a week", of which each text has some that mean nothing: "a second chance", "what a day". */
static uint8_t score_of_one(struct reader *r, const struct span *s)
{
    if (!s->is_one)
        return 90;
    if (is_rate(r) || is_word(r, s->behind - 1, "quarter") || is_word(r, s->behind - 1, "second"))
        return r->before && (r->before->class == WORD_WHEN || r->before->class == WORD_FOR) ? 90 : UNLIKELY;
    if (r->before && (r->before->class == WORD_WHEN || r->before->class == WORD_FOR))
        return 90;
    if (s->n > 1)
        return 90;
    if (is_class(r, s->behind, WORD_OF) || s->period[0] > YEAR)
        return 35; /* "a decade of work" */
    if (s->period[0] == DAY)
        return goes_on_plainly(r, s->behind) && lexeme(r, s->behind)->kind != LEXEME_WORD ? 45 : UNLIKELY;
    return goes_on_plainly(r, s->behind) ? GUESS : 35;
}

/* "five-year-old", "14 years old", "87 yo". */
static uint32_t skip_old(struct reader *r, uint32_t i)
{
    return is_class(r, skip_hyphen(r, i), WORD_OLD) ? skip_hyphen(r, i) + 1 : i;
}

/* ---- Other ways to say it ----------------------------------------------------------------------------------------- */

static bool found(struct match *m, uint32_t behind, uint8_t score)
{
    m->type = ENTITY_DURATION;
    m->behind = behind;
    m->score = score;
    return true;
}

/* "all week", "the whole month" from "whole" on. */
static bool all_of_it(struct reader *r, struct match *m)
{
    enum period period;
    struct writer w;

    if (!is_word(r, 0, "all") && !is_word(r, 0, "whole") && !is_word(r, 0, "entire"))
        return false;
    if (!is_class(r, 1, WORD_PERIOD) || lexeme(r, 1)->word->flags & (IS_PLURAL | IS_SHORT))
        return false;
    period = (enum period)value_of(r, 1, WORD_PERIOD);
    if (period < HOUR || period == QUARTER || period > YEAR || (is_word(r, 0, "all") && is_class(r, 2, WORD_OF)))
        return false;
    w = writer_of(m);
    write_duration(&w, 1, period, false);
    return found(m, 2, LIKELY);
}

/* "last two weeks", "past 24 hours", "next few days", "coming years", "past year": how long, counted from now. */
static bool from_now(struct reader *r, struct match *m)
{
    struct span s;
    struct writer w;
    bool is_span = is_class(r, 0, WORD_SPAN);

    if (!is_span && !is_class(r, 0, WORD_SHIFT))
        return false;
    if (is_word(r, 0, "this") && is_dash(r, 2))
        return false; /* "this 4-week peak" */
    if (!span_at(r, 1, &s) || is_class(r, 1, WORD_A)) {
        if (!is_span || !is_class(r, 1, WORD_PERIOD))
            return false;
        s = (struct span) { .n = 1, .number = { 1 }, .behind = 2 };
        s.period[0] = (uint8_t)value_of(r, 1, WORD_PERIOD);
        s.is_known = !(lexeme(r, 1)->word->flags & IS_PLURAL);
        if (s.period[0] == WEEKEND)
            return false;
    }
    w = writer_of(m);
    write_span(&w, &s, false);
    return found(m, s.behind, SURE);
}

/* "P1Y2M10DT2H30M", as ISO 8601 writes it, byte by byte. */
static bool designators(struct reader *r, struct match *m)
{
    static const char order[] = "YMWD", of_time[] = "HMS";
    const char *text = r->input->text, *next = order;
    uint32_t start = lexeme(r, 0)->start, at = start + 1, end = r->input->tokens[r->end_token - 1].end;
    bool is_time = false, any = false;
    struct writer w;

    if (text[start] != 'P' || at >= end || (text[at] != 'T' && !char_is_digit(text[at])))
        return false;
    for (; at < end && at < start + 40; at++) {
        uint32_t digits = at;
        const char *unit;

        if (text[at] == 'T' && !is_time) {
            is_time = true;
            next = of_time;
            any = false;
            continue;
        }
        while (digits < end && (char_is_digit(text[digits]) || (text[digits] == '.' && digits > at)))
            digits++;
        if (digits == at)
            break;
        if (digits == end || !text[digits] || !(unit = strchr(next, text[digits])))
            return false;
        next = unit + 1;
        at = digits;
        any = true;
    }
    if (!any || (m->behind = lexeme_behind(r, 0, at)) == 0)
        return false;
    w = writer_of(m);
    for (uint32_t k = start; k < at; k++)
        write_char(&w, text[k]);
    return found(m, m->behind, SURE);
}

bool match_duration(struct reader *r, struct match *m)
{
    const struct span *s = &r->span;
    const struct number *n = &r->span_number;
    struct span from, to;
    struct writer w;

    if (designators(r, m) || all_of_it(r, m) || from_now(r, m))
        return true;
    if (!span_begins(r))
        return false;
    if (r->is_one_period) {
        w = writer_of(m);
        write_span(&w, s, false);
        return found(m, s->behind, score_of_one(r, s));
    }
    if (number_is_ordinal_second(r))
        return false;
    w = writer_of(m);
    if (compound_range_at(r, &from, &to)) {
        write_span(&w, &from, false);
        write_char(&w, '/');
        write_span(&w, &to, false);
        return found(m, to.behind, SURE);
    }
    if (n->is_range && !s->is_inexact) {
        write_duration(&w, n->value, (enum period)s->period[0], false);
        write_char(&w, '/');
        write_duration(&w, n->to, (enum period)s->period[0], false);
    } else {
        write_span(&w, s, false);
    }
    if (s->is_inexact)
        m->form = VALUE_NONE;
    return found(m, s->n > 1 && s->behind ? s->behind : skip_old(r, s->behind), SURE);
}
