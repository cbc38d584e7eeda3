/* clock.c: times of day: "10:30", "5 p.m. EST", "7.30pm", "0800 GMT", "noon", "half past five", "9am-5pm". */
#include "plugins/entities/expressions/calendar.h"

struct clock {
    int32_t hour, minute, second; /* -1: not told */
    int32_t zone;                 /* minutes from UTC */
    bool has_zone, has_half;
    uint32_t behind; /* 0: there is none */
};

/* "am", "p.m.", "o'clock" behind the hour: the lexeme behind; `i` when there is none. */
static uint32_t half_day(struct reader *r, uint32_t i, struct clock *c)
{
    if (is_class(r, i, WORD_OCLOCK)) {
        c->has_half = true;
        return i + 1;
    }
    if (!is_class(r, i, WORD_HALF_DAY) || c->hour > 12)
        return i;
    c->has_half = true;
    c->hour = c->hour % 12 + value_of(r, i, WORD_HALF_DAY);
    if (is_sign(r, i + 1, '.') && is_glued(r, i + 1) && r->input->text[lexeme(r, i)->end - 2] == '.')
        return i + 2; /* "p.m." of a segmenter that cuts the last period off */
    return i + 1;
}

/* "GMT", "EST", "UTC+2", "GMT-5:30". */
static uint32_t zone(struct reader *r, uint32_t i, struct clock *c)
{
    bool west, glued;
    uint32_t at = i + 1;

    if (!is_class(r, i, WORD_ZONE))
        return i;
    c->has_zone = true;
    c->zone = value_of(r, i, WORD_ZONE);
    west = is_dash(r, at);
    glued = is_glued(r, at) && is_glued(r, at + 1);
    if (c->zone || !glued || (!west && !is_sign(r, at, '+')) || !is_integer(r, at + 1) ||
        lexeme(r, at + 1)->mantissa > 14)
        return at;
    c->zone = (int32_t)lexeme(r, at + 1)->mantissa * 60;
    at += 2;
    if (is_sign(r, at, ':') && is_integer(r, at + 1) && lexeme(r, at + 1)->digits == 2 &&
        lexeme(r, at + 1)->mantissa < 60) {
        c->zone += (int32_t)lexeme(r, at + 1)->mantissa;
        at += 2;
    }
    c->zone = west ? -c->zone : c->zone;
    return at;
}

static bool is_two_digits_below_60(struct reader *r, uint32_t i)
{
    return is_integer(r, i) && lexeme(r, i)->digits == 2 && lexeme(r, i)->mantissa < 60 && is_glued(r, i);
}

/* "10:30", "10:30:15" from the hour on. */
static bool with_colons(struct reader *r, uint32_t i, struct clock *c)
{
    if (lexeme(r, i)->digits > 2 || lexeme(r, i)->mantissa > 24 || !is_sign(r, i + 1, ':') || !is_glued(r, i + 1) ||
        !is_two_digits_below_60(r, i + 2))
        return false;
    c->hour = (int32_t)lexeme(r, i)->mantissa;
    c->minute = (int32_t)lexeme(r, i + 2)->mantissa;
    c->behind = i + 3;
    if (is_sign(r, i + 3, ':') && is_two_digits_below_60(r, i + 4)) {
        c->second = (int32_t)lexeme(r, i + 4)->mantissa;
        c->behind = i + 5;
    }
    return (c->hour < 24 || c->minute == 0) && !(is_sign(r, c->behind, ':') && is_glued(r, c->behind));
}

/* "1657 UTC", "0800 hours". */
static bool military(struct reader *r, uint32_t i, struct clock *c)
{
    const struct lexeme *l = lexeme(r, i);

    if (!is_integer(r, i) || l->digits != 4 || l->mantissa % 100 > 59 || l->mantissa > 2359)
        return false;
    c->hour = (int32_t)(l->mantissa / 100);
    c->minute = (int32_t)(l->mantissa % 100);
    c->behind = i + 1;
    if (is_word(r, i + 1, "hours") || is_word(r, i + 1, "hrs")) {
        c->behind = i + 2;
        return r->input->text[l->start] == '0';
    }
    return is_class(r, i + 1, WORD_ZONE);
}

/* "7.30pm", "5pm", "10 o'clock", "10h30", "five o'clock". */
static bool with_word(struct reader *r, uint32_t i, struct clock *c)
{
    const struct lexeme *l = lexeme(r, i);

    if (is_class(r, i, WORD_DIGIT) && value_of(r, i, WORD_DIGIT) <= 12 && value_of(r, i, WORD_DIGIT) > 0) {
        c->hour = value_of(r, i, WORD_DIGIT);
        c->behind = half_day(r, i + 1, c);
        return c->has_half && !is_word(r, i + 1, "am"); /* "the one I am" */
    }
    if (l->kind != LEXEME_NUMBER || l->flags & (LEXEME_CHAIN | LEXEME_GROUPED) || l->digits > 2)
        return false;
    if (l->flags & LEXEME_DECIMAL) {
        if (l->decimals != 2 || l->mantissa % 100 > 59)
            return false;
        c->hour = (int32_t)(l->mantissa / 100);
        c->minute = (int32_t)(l->mantissa % 100);
    } else {
        c->hour = (int32_t)l->mantissa;
    }
    if (c->hour > 24)
        return false;
    if (is_word(r, i + 1, "h") && is_glued(r, i + 1) && is_two_digits_below_60(r, i + 2) && c->minute < 0) {
        c->minute = (int32_t)lexeme(r, i + 2)->mantissa;
        c->behind = i + 3;
        return c->hour < 24;
    }
    c->behind = half_day(r, i + 1, c);
    return c->has_half;
}

/* "noon", "12 midnight". */
static bool noon(struct reader *r, uint32_t i, struct clock *c)
{
    uint32_t at = is_integer(r, i) && lexeme(r, i)->mantissa == 12 ? i + 1 : i;

    if (!is_class(r, at, WORD_CLOCK))
        return false;
    c->hour = value_of(r, at, WORD_CLOCK);
    c->minute = 0;
    c->behind = at + 1;
    c->has_half = true;
    return true;
}

/* "half past five", "quarter to six", "ten past 4". */
static bool past(struct reader *r, uint32_t i, struct clock *c)
{
    int32_t minutes;
    bool to = is_word(r, i + 1, "to");
    uint32_t hour = i + 2;

    if (!to && !is_class(r, i + 1, WORD_PAST))
        return false;
    if (is_class(r, i, WORD_HALF) && !to)
        minutes = 30;
    else if (is_word(r, i, "quarter"))
        minutes = 15;
    else if (!to && is_class(r, i, WORD_DIGIT))
        minutes = value_of(r, i, WORD_DIGIT);
    else if (!to && is_class(r, i, WORD_TENS) && value_of(r, i, WORD_TENS) < 60)
        minutes = value_of(r, i, WORD_TENS);
    else
        return false;
    if (is_class(r, hour, WORD_DIGIT))
        c->hour = value_of(r, hour, WORD_DIGIT);
    else if (is_integer(r, hour) && lexeme(r, hour)->digits <= 2)
        c->hour = (int32_t)lexeme(r, hour)->mantissa;
    if (c->hour < 1 || c->hour > 12)
        return false;
    c->minute = to ? 60 - minutes : minutes;
    c->hour = to ? (c->hour + 11) % 12 : c->hour;
    c->behind = half_day(r, hour + 1, c);
    c->has_half = true;
    return true;
}

typedef bool reading(struct reader *r, uint32_t i, struct clock *c);

static struct clock clock_at(struct reader *r, uint32_t i)
{
    static reading *const readings[] = { with_colons, military, with_word, noon, past };
    struct clock c = { .behind = 0 };

    for (size_t k = 0; k < sizeof readings / sizeof readings[0]; k++) {
        c = (struct clock) { .hour = -1, .minute = -1, .second = -1 };
        if (readings[k](r, i, &c)) {
            if (!c.has_half)
                c.behind = half_day(r, c.behind, &c);
            c.behind = zone(r, c.behind, &c);
            return c;
        }
    }
    return (struct clock) { .behind = 0 };
}

static void write_clock(struct writer *w, const struct clock *c)
{
    int32_t offset = c->zone < 0 ? -c->zone : c->zone;

    write_char(w, 'T');
    write_digits(w, (uint32_t)c->hour, 2);
    if (c->minute >= 0) {
        write_char(w, ':');
        write_digits(w, (uint32_t)c->minute, 2);
    }
    if (c->second >= 0) {
        write_char(w, ':');
        write_digits(w, (uint32_t)c->second, 2);
    }
    if (!c->has_zone)
        return;
    if (!c->zone) {
        write_char(w, 'Z');
        return;
    }
    write_char(w, c->zone < 0 ? '-' : '+');
    write_digits(w, (uint32_t)offset / 60, 2);
    write_char(w, ':');
    write_digits(w, (uint32_t)offset % 60, 2);
}

/* "5-7pm", "9 to 5 p.m.": an hour that only the other end explains. */
static bool hour_of_range(struct reader *r, struct clock *c, const struct clock *to)
{
    const struct lexeme *l = lexeme(r, 0);

    if (!is_integer(r, 0) || l->digits > 2 || l->mantissa < 1 || l->mantissa > 12 || !to->has_half)
        return false;
    *c = (struct clock) { .hour = (int32_t)l->mantissa, .minute = -1, .second = -1, .behind = 1 };
    if (to->hour >= 12 && c->hour % 12 + 12 < to->hour)
        c->hour = c->hour % 12 + 12;
    return true;
}

bool match_clock(struct reader *r, struct match *m)
{
    struct clock c = clock_at(r, 0), to = { .behind = 0 };
    uint32_t joint = c.behind ? c.behind : 1;
    struct writer w;

    if (is_class(r, joint, WORD_TO) || is_dash(r, joint))
        to = clock_at(r, joint + 1);
    if (!c.behind && (!to.behind || !hour_of_range(r, &c, &to)))
        return false;
    m->type = ENTITY_TIME;
    m->score = 95;
    m->behind = to.behind ? to.behind : c.behind;
    w = writer_of(m);
    write_clock(&w, &c);
    if (to.behind) {
        write_char(&w, '/');
        write_clock(&w, &to);
    }
    return true;
}
